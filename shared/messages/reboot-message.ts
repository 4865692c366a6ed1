import type { FromSchema } from 'json-schema-to-ts';

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
    Version: { const: 1 },
    RegionId: { type: 'string', maxLength: 64, pattern: '^[a-z]{2}(-[a-z0-9]+)+$' },
    KeyPairName: { type: 'string', minLength: 1, maxLength: 128 },
    InstanceIds: {
      type: 'array',
      minItems: 1,
      maxItems: 100,
      items: { type: 'string', pattern: '^i-[0-9A-Za-z]{3,62}$' },
    },
    ForceReboot: { type: 'boolean' },
    /** When the last of the instances was answered: who started after it has the change already. */
    DetachedAt: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    /** A reboot that comes later than this surprises people more than one that does not come. */
    NotAfter: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    /** Given where FC cannot delay the message for long enough: until then it puts itself into the queue again. */
    NotBefore: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
    SourceRequestId: { type: 'string', maxLength: 128 },
    /** Of the task that carries the message: what goes on after it has the next id. */
    TaskId: { type: 'string', pattern: '^reboot-[0-9a-f]{64}(-x[0-9a-f]{8}|-[0-9]{1,6}){0,4}$' },
    RoleArn: { type: 'string', maxLength: 256 },
  },
} as const;

export type RebootMessage = FromSchema<typeof rebootMessageSchema>;

/** RebootInstances takes at most 100 ids; so many ids are far below the 128 KB of an asynchronous payload. */
export const REBOOT_BATCH = 100;
