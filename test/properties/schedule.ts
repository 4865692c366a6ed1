import fc from 'fast-check';
import type { Switches } from '../../local-cloud/ecs/switches.ts';

/** What an instance of the request is. Only the first two have the key pair. */
export type Kind = 'ordinary' | 'stopped' | 'windows' | 'unbound' | 'other key' | 'missing';

/**
 * What goes wrong with one call. `at` points at one of the call's instances: 0 is the first, 1 the last. Nothing here
 * makes ECS claim that it has done what it has not: its word is all there is.
 */
export type CallFault =
  | { kind: 'none' }
  | { kind: 'throttled'; status: 400 | 403 | 429; hintMs: number | undefined }
  | { kind: 'refused'; status: number; code: string; applied: boolean }
  | { kind: 'reset' | 'hang' | 'html' | 'sign-in page' | 'empty' | 'proto' | 'topLevelCode'; applied: boolean }
  | { kind: 'truncated' }
  | { kind: 'drip'; everyMs: number; bytes: number }
  | { kind: 'slow'; ms: number }
  | { kind: 'raw'; body: string; status: number; applied: boolean }
  /** Not done, and listed as failed. */
  | { kind: 'failed item'; at: number; all: boolean; code: string }
  /** Listed as failed for the moment, though done: how an ECS may word that something broke on its side. */
  | { kind: 'broken item'; at: number }
  /** Of a reboot: done, and listed without a code. */
  | { kind: 'item without a code'; at: number }
  /** Done, but not listed, and no FailCount that would account for it. */
  | { kind: 'omitted item'; at: number; all: boolean }
  /** Neither done nor listed. */
  | { kind: 'forgotten item'; at: number; all: boolean; failCount: boolean }
  | { kind: 'strangers' }
  | { kind: 'doubled item'; at: number; contradicting: boolean };

export type Schedule = {
  fleet: readonly Kind[];
  /** Places of instances that are named twice. */
  repeated: readonly number[];
  /** Find them instead of naming them. */
  filter: boolean;
  concurrency: number;
  /** `tight`: the deadline comes in the middle. */
  time: 'roomy' | 'tight';
  switches: Partial<Switches>;
  describing: 'permitted' | 'forbidden' | 'empty';
  /** Places of instances that a policy keeps from being detached. */
  denied: readonly number[];
  /** By number of the call; later ones pass, or meet `forEver`. */
  detachFaults: readonly CallFault[];
  forEver: CallFault;
  describeFaults: readonly CallFault[];
  /** Temporary credentials end at this detach call. */
  expiresAt: number | undefined;
  reboot: boolean;
  continues: boolean;
  enqueueFaults: readonly CallFault[];
};

/** A schedule from what matters of it. */
export function scheduleOf(some: Partial<Schedule>): Schedule {
  return {
    fleet: ['ordinary'],
    repeated: [],
    filter: false,
    concurrency: 1,
    time: 'roomy',
    switches: {},
    describing: 'permitted',
    denied: [],
    detachFaults: [],
    forEver: { kind: 'none' },
    describeFaults: [],
    expiresAt: undefined,
    reboot: false,
    continues: false,
    enqueueFaults: [],
    ...some,
  };
}

const applied = fc.boolean();
export const itemAt = fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100);
const at = itemAt;
const all = fc.boolean();

const none = fc.constant<CallFault>({ kind: 'none' });
const refused = (applies: fc.Arbitrary<boolean>, ...answers: readonly (readonly [number, string])[]) =>
  fc
    .tuple(fc.constantFrom(...answers), applies)
    .map(([[status, code], yes]): CallFault => ({ kind: 'refused', status, code, applied: yes }));

export const throttled = fc.record({
  kind: fc.constant('throttled' as const),
  status: fc.constantFrom(400 as const, 403 as const, 429 as const),
  hintMs: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
});

/** Where it cannot be told whether the change was made. */
export const silent = fc.oneof(
  refused(
    applied,
    [500, 'InternalError'],
    [503, 'ServiceUnavailable'],
    [400, 'InternalError'],
    [504, 'Gateway.Timeout'],
  ),
  fc.record({
    kind: fc.constantFrom(
      'reset' as const,
      'hang' as const,
      'html' as const,
      'sign-in page' as const,
      'empty' as const,
      'proto' as const,
    ),
    applied,
  }),
  fc.record({ kind: fc.constant('topLevelCode' as const), applied }),
  fc.constant<CallFault>({ kind: 'truncated' }),
  fc.record({ kind: fc.constant('drip' as const), everyMs: fc.constantFrom(1, 60), bytes: fc.constantFrom(40, 400) }),
  fc.record({ kind: fc.constant('slow' as const), ms: fc.integer({ min: 1, max: 150 }) }),
  fc.record({
    kind: fc.constant('raw' as const),
    body: unreadable(),
    status: fc.constantFrom(200, 200, 400, 502),
    applied,
  }),
);

function unreadable() {
  return fc.oneof(
    fc.constantFrom(
      '[]',
      'null',
      '""',
      '{"RequestId":"x"}',
      '{"FailCount":{},"Results":{"Result":7}}',
      '{"FailCount":true,"Results":[]}',
      '{"Results":{"Result":{"InstanceId":[],"Success":{}}}}',
      '{"Results":{"Result":[null,7,"x",[],{"InstanceId":null,"Success":"true"}]}}',
      '{"Results":{"__proto__":{"Result":[]}}}',
      '{"Instances":7}',
      '{"Instances":{}}',
      '{"Instances":{"Instance":{"InstanceId":"i-x"}}}',
      '{"Instances":{"Instance":[null,7,"x",[]]}}',
      `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    ),
    fc.json({ maxDepth: 2 }),
  );
}

const forNow = refused(fc.constant(false), [409, 'InvalidOperation.Conflict'], [400, 'SignatureNonceUsed']);
const nonceUsed = refused(fc.constant(true), [400, 'SignatureNonceUsed']);
const blaming = refused(
  fc.constant(false),
  [400, 'InvalidInstanceIds.ValueNotSupported'],
  [403, 'DependencyViolation.WindowsInstance'],
  [403, 'Forbidden.RAM'],
  [403, 'IncorrectInstanceStatus'],
  [400, 'Some.NewCode'],
);
const stopping = refused(
  fc.constant(false),
  [400, 'InvalidTimeStamp.Expired'],
  [404, 'InvalidKeyPairName.NotFound'],
  [403, 'InvalidSecurityToken.Expired'],
  [404, 'InvalidAccessKeyId.NotFound'],
  [400, 'MissingParameter'],
);

const itemFaults = fc.oneof(
  fc.record({
    kind: fc.constant('failed item' as const),
    at,
    all,
    code: fc.constantFrom(
      'InvalidOperation.Conflict',
      'Throttling.User',
      'ServiceUnavailable',
      'IncorrectInstanceStatus',
      'Odd',
    ),
  }),
  fc.record({ kind: fc.constant('broken item' as const), at }),
  fc.record({ kind: fc.constant('omitted item' as const), at, all }),
  fc.record({ kind: fc.constant('forgotten item' as const), at, all, failCount: fc.boolean() }),
  fc.constant<CallFault>({ kind: 'strangers' }),
  fc.record({ kind: fc.constant('doubled item' as const), at, contradicting: fc.boolean() }),
);

const detachFault = fc.oneof(
  { weight: 6, arbitrary: none },
  { weight: 6, arbitrary: silent },
  { weight: 5, arbitrary: itemFaults },
  { weight: 3, arbitrary: throttled },
  { weight: 2, arbitrary: forNow },
  { weight: 1, arbitrary: nonceUsed },
  { weight: 2, arbitrary: blaming },
  { weight: 1, arbitrary: stopping },
);

export const describeFault = fc.oneof(
  { weight: 3, arbitrary: none },
  { weight: 4, arbitrary: silent },
  { weight: 2, arbitrary: throttled },
  { weight: 1, arbitrary: stopping },
);

const enqueueFault = fc.oneof(
  { weight: 3, arbitrary: none },
  { weight: 3, arbitrary: silent.map(asFc) },
  {
    weight: 2,
    arbitrary: refused(fc.constant(false), [429, 'ResourceExhausted'], [400, 'InvalidArgument'], [403, 'AccessDenied']),
  },
);

/** To the SDKs, and to us, any 2xx that is no page means that FC has taken the task: then it must have. */
function asFc(fault: CallFault): CallFault {
  const isSuccess =
    ['empty', 'proto', 'topLevelCode'].includes(fault.kind) || (fault.kind === 'raw' && fault.status < 300);
  return isSuccess && 'applied' in fault ? { ...fault, applied: true } : fault;
}

const kind = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Kind>('ordinary') },
  { weight: 1, arbitrary: fc.constantFrom<Kind>('stopped', 'windows', 'unbound', 'other key', 'missing') },
);

const fleet = fc.oneof(
  { weight: 10, arbitrary: fc.array(kind, { minLength: 1, maxLength: 12 }) },
  { weight: 3, arbitrary: fc.array(kind, { minLength: 49, maxLength: 110, size: 'max' }) },
  { weight: 1, arbitrary: fc.array(kind, { minLength: 150, maxLength: 260, size: 'max' }) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom<Kind>('ordinary', 'windows', 'unbound', 'missing'), {
      minLength: 1,
      maxLength: 16,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.integer({ min: 45, max: 130 }).map((n) => Array.from({ length: n }, (): Kind => 'ordinary')),
  },
);

const switches: fc.Arbitrary<Partial<Switches>> = fc.record(
  {
    badInstance: fc.constantFrom('refuse' as const, 'item' as const),
    windowsInstance: fc.constantFrom('refuse' as const, 'item' as const),
    notBound: fc.constantFrom('success' as const, 'refuse' as const, 'item' as const),
    betweenStates: fc.constantFrom('success' as const, 'item' as const),
    wireTypes: fc.constantFrom('strings' as const, 'numbers' as const, 'captured' as const),
    omitItems: fc.constantFrom('none' as const, 'last' as const, 'successful' as const, 'all' as const),
    itemOrder: fc.constantFrom('request' as const, 'reversed' as const),
    totalCount: fc.constantFrom('requested' as const, 'unbound' as const),
    retryAfterHint: fc.boolean(),
  },
  { requiredKeys: [] },
);

export const schedules: fc.Arbitrary<Schedule> = fc
  .record({
    fleet,
    repeated: fc.oneof(fc.constant([]), fc.array(fc.nat(20), { maxLength: 3 })),
    filter: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    concurrency: fc.integer({ min: 1, max: 8 }),
    time: fc.oneof(
      { weight: 7, arbitrary: fc.constant('roomy' as const) },
      { weight: 2, arbitrary: fc.constant('tight' as const) },
    ),
    switches,
    describing: fc.oneof(
      { weight: 6, arbitrary: fc.constant('permitted' as const) },
      { weight: 1, arbitrary: fc.constantFrom('forbidden' as const, 'empty' as const) },
    ),
    denied: fc.oneof(
      { weight: 6, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(fc.nat(60), { maxLength: 4 }) },
    ),
    detachFaults: fc.array(detachFault, { maxLength: 10 }),
    forEver: fc.oneof({ weight: 6, arbitrary: none }, { weight: 1, arbitrary: detachFault }),
    describeFaults: fc.array(describeFault, { maxLength: 4 }),
    expiresAt: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) },
    ),
    reboot: fc.boolean(),
    continues: fc.boolean(),
    enqueueFaults: fc.array(enqueueFault, { maxLength: 4 }),
  })
  // What is throttled for ever is waited for until the deadline: that had better be near.
  // A task that FC is silent about is waited for 10 s.
  .map((schedule) =>
    endless(schedule.forEver) || schedule.enqueueFaults.some(({ kind: what }) => what === 'hang')
      ? { ...schedule, time: 'tight' }
      : schedule,
  );

function endless(fault: CallFault): boolean {
  return fault.kind === 'throttled' || (fault.kind === 'failed item' && fault.code === 'Throttling.User');
}
