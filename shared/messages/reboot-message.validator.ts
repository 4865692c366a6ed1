import { compile } from '../schema/compile.ts';
import { type RebootMessage, rebootMessageSchema } from './reboot-message.ts';

export const isRebootMessage = compile<RebootMessage>(rebootMessageSchema);
