import type { FromSchema } from 'json-schema-to-ts';
import { INSTANCE_ID, MOMENT, REGION_ID } from './fields.ts';

/** Instances of the waves before, in one place and with one minute of detaching: how `reboot-instances` reads them. */
const groupSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['RegionId', 'DetachedAt', 'InstanceIds'],
  properties: {
    RegionId: REGION_ID,
    RoleArn: { type: 'string', maxLength: 256 },
    /** An instance that started in a later minute has restarted since. */
    DetachedAt: MOMENT,
    InstanceIds: { type: 'array', minItems: 1, maxItems: 6_000, items: INSTANCE_ID },
    /** Some of them may need no restart: one that runs on as before is no error. */
    MayRunOn: { const: true },
  },
} as const;

/** The waves before, as far as one message can name them. */
export const WAVES_BEFORE = {
  /** The wave before. */
  Before: { type: 'array', maxItems: 3_000, items: groupSchema },
  /** Those before that one. */
  Earlier: { type: 'array', maxItems: 3_000, items: groupSchema },
} as const;

export const WATCH_FIELDS = {
  MaxErrors: { type: 'integer', minimum: 0, maximum: 99 },
  HealthTimeoutSeconds: { type: 'integer', minimum: 60, maximum: 3_600 },
  Ready: { enum: ['Running', 'CloudAssistant'] },
} as const;

/** What a wave looks at before it begins: the waves before it, and how many of their instances may be missing. */
export const watchSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['MaxErrors', 'HealthTimeoutSeconds', 'Ready', 'IsSecond', 'Before', 'Earlier'],
  properties: {
    ...WATCH_FIELDS,
    /** The wave before is the first: it waits for none, and when it is not restarted no other wave can tell. */
    IsSecond: { type: 'boolean' },
    ...WAVES_BEFORE,
    /** When a run of this wave first saw that the wave before was restarted. */
    RestartedAt: MOMENT,
  },
} as const;

export type Group = FromSchema<typeof groupSchema>;
export type Watch = FromSchema<typeof watchSchema>;
export type Ready = Watch['Ready'];
