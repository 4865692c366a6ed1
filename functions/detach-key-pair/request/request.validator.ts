import type { FromSchema } from 'json-schema-to-ts';
import { compile } from '../../../shared/schema/compile.ts';
import { detachRequestSchema } from './schema.ts';

export const isDetachRequest = compile<FromSchema<typeof detachRequestSchema>>(detachRequestSchema);
