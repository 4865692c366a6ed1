/** The shapes that the request and both messages share. */

export const REGION_ID = { type: 'string', maxLength: 64, pattern: '^[a-z]{2}(-[a-z0-9]+)+$' } as const;
export const INSTANCE_ID = { type: 'string', pattern: '^i-[0-9A-Za-z]{3,62}$' } as const;

/** ISO 8601, UTC, milliseconds. */
export const MOMENT = { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' } as const;

/** What every message says, whichever function it is for. */
export const MESSAGE_FIELDS = {
  Version: { const: 1 },
  RegionId: REGION_ID,
  KeyPairName: { type: 'string', minLength: 1, maxLength: 128 },
  InstanceIds: { type: 'array', minItems: 1, maxItems: 100, items: INSTANCE_ID },
  /** When the last of the instances was answered: one that started after it has the change already. */
  DetachedAt: MOMENT,
  /** Work that comes later than this surprises people more than work that does not come. */
  NotAfter: MOMENT,
  SourceRequestId: { type: 'string', maxLength: 128 },
  RoleArn: { type: 'string', maxLength: 256 },
} as const;

/** RebootInstances takes at most 100 ids; so many ids are far below the 128 KB of an asynchronous payload. */
export const REBOOT_BATCH = 100;

/** Ids of tasks in one request that stops them. */
export const STOP_BATCH = 1_000;

/** RunCommand takes at most 100 ids. */
export const REMOVAL_BATCH = 100;
