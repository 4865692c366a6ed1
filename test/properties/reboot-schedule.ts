import fc from 'fast-check';
import { type CallFault, describeFault, itemAt, silent, throttled } from './schedule.ts';

/** What an instance of the message is when its first delivery comes. */
export type RebootKind =
  | 'running'
  /** Started in the very minute of the detach, which proves nothing. */
  | 'in the minute'
  | 'restarted'
  | 'stopped'
  | 'starting'
  | 'stopping'
  | 'locked'
  | 'missing';

export type Delivery = {
  /** On the cloud's clock, since the delivery before. */
  afterSeconds: number;
  time: 'ample' | 'roomy' | 'tight';
  rebootFaults: readonly CallFault[];
  describeFaults: readonly CallFault[];
};

export type RebootSchedule = {
  fleet: readonly RebootKind[];
  /** How long a reboot takes: one within a minute may leave no trace in the start time. */
  rebootSeconds: number;
  force: boolean;
  deliveries: readonly Delivery[];
};

const at = itemAt;
const all = fc.boolean();

const rebootFault: fc.Arbitrary<CallFault> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<CallFault>({ kind: 'none' }) },
  { weight: 6, arbitrary: silent },
  { weight: 2, arbitrary: throttled },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('failed item' as const),
      at,
      all,
      code: fc.constantFrom(
        'Throttling.User',
        'ServiceUnavailable',
        'IncorrectInstanceStatus',
        'InvalidOperation.Conflict',
        'Odd',
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('broken item' as const, 'item without a code' as const), at }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('omitted item' as const), at, all }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('forgotten item' as const), at, all, failCount: fc.constant(false) }),
  },
  { weight: 1, arbitrary: fc.constant<CallFault>({ kind: 'strangers' }) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom(
        [400, 'Some.NewCode'] as const,
        [403, 'Forbidden.RAM'] as const,
        [403, 'InvalidSecurityToken.Expired'] as const,
      )
      .map(([status, code]): CallFault => ({ kind: 'refused', status, code, applied: false })),
  },
);

const kind = fc.oneof(
  { weight: 8, arbitrary: fc.constant<RebootKind>('running') },
  {
    weight: 2,
    arbitrary: fc.constantFrom<RebootKind>(
      'in the minute',
      'restarted',
      'stopped',
      'starting',
      'stopping',
      'locked',
      'missing',
    ),
  },
);

const delivery: fc.Arbitrary<Delivery> = fc.record({
  afterSeconds: fc.constantFrom(0, 1, 20, 40, 70, 600),
  time: fc.oneof(
    { weight: 9, arbitrary: fc.constant('roomy' as const) },
    { weight: 1, arbitrary: fc.constant('tight' as const) },
  ),
  rebootFaults: fc.array(rebootFault, { maxLength: 6 }),
  describeFaults: fc.array(describeFault, { maxLength: 4 }),
});

export const rebootSchedules: fc.Arbitrary<RebootSchedule> = fc.record({
  fleet: fc.oneof(
    { weight: 8, arbitrary: fc.array(kind, { minLength: 1, maxLength: 10 }) },
    { weight: 1, arbitrary: fc.array(kind, { minLength: 60, maxLength: 100, size: 'max' }) },
  ),
  rebootSeconds: fc.constantFrom(1, 30, 60, 90),
  force: fc.boolean(),
  deliveries: fc.array(delivery, { minLength: 1, maxLength: 4 }),
});

/** A schedule from what matters of it. */
export function rebootScheduleOf({
  deliveries = [{}],
  ...some
}: Partial<Omit<RebootSchedule, 'deliveries'>> & { deliveries?: readonly Partial<Delivery>[] }): RebootSchedule {
  return {
    fleet: ['running'],
    rebootSeconds: 60,
    force: false,
    ...some,
    deliveries: deliveries.map((given) => ({
      afterSeconds: 0,
      time: 'ample',
      rebootFaults: [],
      describeFaults: [],
      ...given,
    })),
  };
}
