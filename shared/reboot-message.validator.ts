import { type RebootMessage, rebootMessageSchema } from './reboot-message.ts';
import { compile } from './schema.ts';

export const isRebootMessage = compile<RebootMessage>(rebootMessageSchema);
