import { compile } from '../schema/compile.ts';
import { type RemovalMessage, removalMessageSchema } from './removal-message.ts';

export const isRemovalMessage = compile<RemovalMessage>(removalMessageSchema);
