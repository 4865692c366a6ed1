import type { FromSchema } from 'json-schema-to-ts';
import { MESSAGE_FIELDS, MOMENT } from './fields.ts';
import { WATCH_FIELDS, WAVES_BEFORE } from './watch.ts';

/** What detach-key-pair asks of remove-public-key: the contract between the two. Times are ISO 8601, UTC, milliseconds. */
export const removalMessageSchema = {
  type: 'object',
  additionalProperties: false,
  required: [
    'Version',
    'RegionId',
    'KeyPairName',
    'PublicKey',
    'InstanceIds',
    'TimeoutSeconds',
    'Sessions',
    'DetachedAt',
    'NotAfter',
    'SourceRequestId',
  ],
  properties: {
    ...MESSAGE_FIELDS,
    /** Type and base64: all that is ever put into the script. */
    PublicKey: { type: 'string', maxLength: 16_384, pattern: '^[a-z][a-z0-9@.-]{1,63} [A-Za-z0-9+/]+={0,2}$' },
    /** For one run of the script. */
    TimeoutSeconds: { type: 'integer', minimum: 30, maximum: 600 },
    Sessions: { enum: ['Keep', 'Close'] },
    /** How to restart what is not proven clean. */
    Reboot: {
      type: 'object',
      additionalProperties: false,
      required: ['ForceReboot', 'BatchSize', 'IntervalSeconds', 'DelaySeconds', 'FirstWave'],
      properties: {
        ForceReboot: { type: 'boolean' },
        BatchSize: { type: 'integer', minimum: 1, maximum: 100 },
        IntervalSeconds: { type: 'integer', minimum: 0, maximum: 3600 },
        DelaySeconds: { type: 'integer', minimum: 0, maximum: 86_400 },
        /** Of all waves of the request, the number of this message's first. */
        FirstWave: { type: 'integer', minimum: 0, maximum: 100_000 },
        /** Instead of DelaySeconds. */
        NotBefore: MOMENT,
        /** How the waves watch, and those of the messages before: what is proven clean there runs on as it did. */
        Watch: {
          type: 'object',
          additionalProperties: false,
          required: ['MaxErrors', 'HealthTimeoutSeconds', 'Ready', 'Before', 'Earlier'],
          properties: { ...WATCH_FIELDS, ...WAVES_BEFORE },
        },
      },
    },
  },
} as const;

export type RemovalMessage = FromSchema<typeof removalMessageSchema>;
