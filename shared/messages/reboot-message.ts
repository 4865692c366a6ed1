import type { FromSchema } from 'json-schema-to-ts';
import { MESSAGE_FIELDS, MOMENT } from './fields.ts';
import { watchSchema } from './watch.ts';

/** What detach-key-pair asks of reboot-instances: the contract between the two. Times are ISO 8601, UTC, milliseconds. */
export const rebootMessageSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'Version',
    'RegionId',
    'KeyPairName',
    'InstanceIds',
    'ForceReboot',
    'DetachedAt',
    'NotAfter',
    'SourceRequestId',
  ],
  properties: {
    ...MESSAGE_FIELDS,
    ForceReboot: { type: 'boolean' },
    /** Given where FC cannot delay the message for long enough, and of waves that watch: until then it waits in the queue. */
    NotBefore: MOMENT,
    /** Given where the wave may begin only when those before it are back. */
    Watch: watchSchema,
    /** Of the task that carries the message: what goes on after it has the next id. */
    TaskId: { type: 'string', pattern: '^reboot-[0-9a-f]{64}(-x[0-9a-f]{8}|-[0-9]{1,6}){0,4}$' },
  },
} as const;

export type RebootMessage = FromSchema<typeof rebootMessageSchema>;
