import fc from 'fast-check';
import type { Switches } from '../../local-cloud/ecs/switches.ts';
import type { FcSwitches } from '../../local-cloud/fc/switches.ts';
import type { Kind } from './schedule.ts';

/** Every process of the functions dies at this wire call, counted over the whole play. */
export type Kill = {
  call: number;
  /** Before the service does what it was asked, after it, or in the moments that follow. */
  when: 'before' | 'after' | 'later';
};

export const OPERATIONS = [
  'DetachKeyPair',
  'DescribeInstances',
  'RebootInstances',
  'InvokeFunction',
  'GetAsyncTask',
  'StopAsyncTask',
] as const;

/** What one operation does for a while, on the cloud's clock. */
export type Outage = {
  operation: (typeof OPERATIONS)[number];
  fromSeconds: number;
  seconds: number;
  /** `lost`: done, but the answer does not come. */
  kind: 'throttled' | 'down' | 'reset' | 'lost' | 'forbidden';
};

export type RestartPlan = {
  batchSize: number;
  intervalSeconds: number;
  delaySeconds: number;
  /** Undefined: the waves do not watch. */
  maxErrors: number | undefined;
};

export type OwedSchedule = {
  fleet: readonly Kind[];
  filter: boolean;
  /** The fleet lies in so many regions; several with a `Filter` alone. */
  regions: number;
  /** How the request comes: `async` is repeated by FC itself. */
  by: 'http' | 'async';
  reboot: RestartPlan | undefined;
  online: boolean;
  continues: boolean;
  token: boolean;
  /** The request is sent again so long after the answer, or the cut, of the one before. */
  again: readonly number[];
  kills: readonly Kill[];
  outages: readonly Outage[];
  edition: 'fc3' | 'fc2';
  switches: Partial<Switches & FcSwitches>;
  describing: 'permitted' | 'forbidden';
  deliveries: number;
  rebootSeconds: number;
  concurrency: number;
};

/** A schedule from what matters of it. */
export function owedScheduleOf(some: Partial<OwedSchedule>): OwedSchedule {
  return {
    fleet: ['ordinary'],
    filter: false,
    regions: 1,
    by: 'http',
    reboot: { batchSize: 100, intervalSeconds: 0, delaySeconds: 0, maxErrors: undefined },
    online: false,
    continues: false,
    token: true,
    again: [],
    kills: [],
    outages: [],
    edition: 'fc3',
    switches: {},
    describing: 'permitted',
    deliveries: 1,
    rebootSeconds: 60,
    concurrency: 2,
    ...some,
  };
}

const kind = fc.oneof(
  { weight: 10, arbitrary: fc.constant<Kind>('ordinary') },
  { weight: 1, arbitrary: fc.constantFrom<Kind>('stopped', 'windows', 'unbound', 'other key', 'missing') },
);

const fleet = fc.oneof(
  { weight: 6, arbitrary: fc.array(kind, { minLength: 1, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.array(kind, { minLength: 51, maxLength: 110, size: 'max' }) },
);

const kill = fc.record<Kill>({
  call: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 40 })),
  when: fc.constantFrom('before', 'after', 'later'),
});

const outage = fc.record<Outage>({
  operation: fc.constantFrom(...OPERATIONS),
  fromSeconds: fc.constantFrom(0, 0, 1, 30, 120),
  // The longest outlasts the run, the time until it is tried again, and that run.
  seconds: fc.constantFrom(1, 10, 45, 90, 400),
  kind: fc.constantFrom('throttled', 'throttled', 'down', 'reset', 'lost', 'forbidden'),
});

const switches: fc.Arbitrary<Partial<Switches & FcSwitches>> = fc.record(
  {
    badInstance: fc.constantFrom('refuse' as const, 'item' as const),
    windowsInstance: fc.constantFrom('refuse' as const, 'item' as const),
    notBound: fc.constantFrom('success' as const, 'refuse' as const, 'item' as const),
    wireTypes: fc.constantFrom('strings' as const, 'numbers' as const, 'captured' as const),
    omitItems: fc.constantFrom('none' as const, 'last' as const, 'successful' as const, 'all' as const),
    totalCount: fc.constantFrom('requested' as const, 'unbound' as const),
    describeWithoutPermission: fc.constantFrom('forbidden' as const, 'empty' as const),
    taskPayload: fc.constantFrom('given' as const, 'absent' as const),
    stopOfWaiting: fc.constantFrom('stops' as const, 'refused' as const, 'ignored' as const),
    clockLagSeconds: fc.constantFrom(0, 7, 90),
  },
  { requiredKeys: [] },
);

export const owedSchedules: fc.Arbitrary<OwedSchedule> = fc
  .record<OwedSchedule>({
    fleet,
    filter: fc.boolean(),
    regions: fc.constantFrom(1, 1, 3),
    by: fc.constantFrom('http', 'http', 'async'),
    reboot: fc.option(
      fc.record({
        batchSize: fc.constantFrom(6, 60, 100),
        intervalSeconds: fc.constantFrom(0, 90),
        delaySeconds: fc.constantFrom(0, 0, 300),
        maxErrors: fc.constantFrom(undefined, undefined, 0, 2),
      }),
      { freq: 8, nil: undefined },
    ),
    online: fc.oneof({ weight: 12, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    continues: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    token: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    again: fc.oneof(
      { weight: 1, arbitrary: fc.constant([]) },
      { weight: 2, arbitrary: fc.array(fc.constantFrom(0, 20, 100, 1_000), { maxLength: 2 }) },
    ),
    kills: fc.array(kill, { maxLength: 3 }),
    outages: fc.array(outage, { maxLength: 2 }),
    edition: fc.constantFrom('fc3', 'fc3', 'fc3', 'fc2'),
    switches,
    describing: fc.oneof(
      { weight: 9, arbitrary: fc.constant('permitted' as const) },
      { weight: 1, arbitrary: fc.constant('forbidden' as const) },
    ),
    deliveries: fc.constantFrom(1, 1, 1, 1, 1, 2),
    rebootSeconds: fc.constantFrom(1, 60, 90),
    concurrency: fc.integer({ min: 1, max: 4 }),
  })
  // Nothing is owed without; and the script is run for real, on each instance twice.
  .map((schedule) => ({
    ...schedule,
    regions: schedule.filter ? schedule.regions : 1,
    continues: schedule.continues || !(schedule.reboot || schedule.online),
    fleet: schedule.fleet.slice(0, schedule.online ? 3 : (schedule.reboot?.batchSize ?? 100) * 3),
  }));
