import type { FromSchema } from 'json-schema-to-ts';
import { compile } from '../../../shared/schema/compile.ts';
import { stopRequestSchema } from './schema.ts';

export const isStopRequest = compile<FromSchema<typeof stopRequestSchema>>(stopRequestSchema);
