import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import type { Fault } from '../../local-cloud/ecs/state.ts';
import type { HttpFault } from '../../local-cloud/http/fault.ts';
import { portOf } from '../../local-cloud/http/listen.ts';
import { recordOf } from '../../shared/record.ts';

const ROLE = 'acs:ram::9999999999999999:role/other';
const WATCHED = fileURLToPath(new URL('fixtures/watched.cjs', import.meta.url));
// The answer is due after a second and a half; what comes after that is for the machine, should it be busy.
const TIMEOUT_SECONDS = 5;
const MARGIN_MS = '3500';

async function start(environment: Record<string, string> = {}): Promise<LocalCloud> {
  const watched = (name: string) => ({
    code: WATCHED,
    timeoutSeconds: TIMEOUT_SECONDS,
    asyncTask: true,
    environment: {
      BUNDLE: fileURLToPath(new URL(`../../dist/${name}/index.js`, import.meta.url)),
      ALLOWED_ROLE_ARNS: ROLE,
      DETACH_CONCURRENCY: '2',
      DEADLINE_MARGIN_MS: MARGIN_MS,
      ...environment,
    },
  });
  const cloud = await startLocalCloud({
    instances: 160,
    functions: {
      'detach-key-pair': { ...watched('detach-key-pair'), httpTrigger: true },
      'reboot-instances': { ...watched('reboot-instances'), maxAsyncRetryAttempts: 0 },
    },
  });
  cloud.sts.addRole({ roleArn: ROLE, instances: 2 });
  return cloud;
}

const hang = { kind: 'hang', applied: false } as const;
const hangApplied = { kind: 'hang', applied: true } as const;
const drip = { kind: 'drip', everyMs: 100, bytes: 1 } as const;
const throttled = { kind: 'answer', status: 400, code: 'Throttling.User' } as const;
const far = { ...throttled, headers: { 'x-acs-retry-after': '3600000' } } as const;
const down = { kind: 'answer', status: 503, code: 'ServiceUnavailable' } as const;
const stranger = { kind: 'raw', body: '{"Instances":{"Instance":[]},"NextToken":"again"}' } as const;

type Trouble = { [Action in 'DetachKeyPair' | 'DescribeInstances' | 'RebootInstances']?: Fault } & {
  AssumeRole?: HttpFault;
  InvokeFunction?: HttpFault;
};

function spoil(cloud: LocalCloud, { AssumeRole, InvokeFunction, ...ecs }: Trouble): void {
  for (const action of ['DetachKeyPair', 'DescribeInstances', 'RebootInstances'] as const) {
    const fault = ecs[action];
    cloud.ecs.onCall(action, fault && (() => fault));
  }
  cloud.sts.onCall('AssumeRole', AssumeRole && (() => AssumeRole));
  cloud.fc.onCall('InvokeFunction', InvokeFunction && (() => InvokeFunction));
}

const callsOf = (cloud: LocalCloud) => cloud.ecs.calls.length + cloud.sts.calls.length + cloud.fc.calls.length;
/** Calls once all that was sent is read: a busy machine reads what a frozen process has sent and cut only now. */
async function callsRead(cloud: LocalCloud): Promise<number> {
  for (;;) {
    const calls = callsOf(cloud);
    for (let turns = 0; turns < 50; turns++) await setImmediate();
    if (callsOf(cloud) === calls) return calls;
  }
}

const idsOf = (cloud: LocalCloud) => cloud.ecs.instances().map(({ instanceId }) => instanceId);

async function detach(cloud: LocalCloud, fields: object) {
  const response = await fetch(cloud.fc.triggerUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, ...fields }),
  });
  return { status: response.status, body: recordOf(JSON.parse(await response.text())) };
}

/** Nothing of the process is alive but its pipes to the runtime: no timer, no socket, no file. */
function expectNothingAlive(cloud: LocalCloud, name: string): void {
  const alive = cloud.fc
    .logs(name)
    .map((line) => JSON.parse(line))
    .flatMap((line) => (Array.isArray(line.alive) ? line.alive : []));
  expect(alive.length).toBeGreaterThan(0);
  expect(alive.filter((resource) => resource !== 'PipeWrap')).toEqual([]);
}

/** Frozen with its answer and thawed by the next request: nothing of the first goes on, and the next is served. */
async function expectRest(cloud: LocalCloud): Promise<void> {
  const calls = await callsRead(cloud);
  const lines = cloud.fc.logs('detach-key-pair').length;
  spoil(cloud, {});
  const health = await fetch(new URL('healthz', cloud.fc.triggerUrl));
  expect(health.status).toBe(200);
  // What is alive is one line more.
  expect([callsOf(cloud), cloud.fc.logs('detach-key-pair').length]).toEqual([calls, lines + 1]);
  const last = cloud.ecs.instances().at(-1)?.instanceId;
  expect(await detach(cloud, { InstanceIds: [last] })).toMatchObject({ status: 200, body: { FailCount: '0' } });
  expect(callsOf(cloud)).toBe(calls + 1);
}

describe.concurrent('a function whose time is short is never killed, and rests with its answer, when', () => {
  it.each<[string, Trouble, object]>([
    ['ECS hangs', { DetachKeyPair: hang }, {}],
    ['ECS hangs after the change', { DetachKeyPair: hangApplied }, {}],
    ['ECS hangs after the change, and describing too', { DetachKeyPair: hangApplied, DescribeInstances: hang }, {}],
    ['ECS answers a byte at a time', { DetachKeyPair: drip, DescribeInstances: drip }, {}],
    ['ECS throttles for ever', { DetachKeyPair: throttled }, {}],
    ['ECS wants to be left alone for an hour', { DetachKeyPair: far }, {}],
    ['ECS is down', { DetachKeyPair: down, DescribeInstances: down }, {}],
    ['the search hangs', { DescribeInstances: hang }, { InstanceIds: undefined, Filter: {} }],
    ['the search never ends', { DescribeInstances: stranger }, { InstanceIds: undefined, Filter: {} }],
    ['proof hangs', { DescribeInstances: hang }, { Verify: true, VerifySince: '2026-11-24T00:00:00Z' }],
    ['a dry run is answered a byte at a time', { DescribeInstances: drip }, { DryRun: true }],
    ['STS hangs', { AssumeRole: hang }, { RoleArn: ROLE }],
    ['FC hangs', { InvokeFunction: hang }, { Reboot: { IntervalSeconds: 0, BatchSize: 10 }, Continue: true }],
    [
      'ECS hangs, then FC too',
      { DetachKeyPair: hangApplied, InvokeFunction: hang },
      { Reboot: { IntervalSeconds: 0, BatchSize: 1 }, Continue: true },
    ],
  ])('%s', async (_, trouble, fields) => {
    const cloud = await start();
    try {
      spoil(cloud, trouble);
      const { status, body } = await detach(cloud, { InstanceIds: idsOf(cloud), ...fields });
      // 502 is what a killed invocation looks like to its caller.
      expect([200, 400, 503]).toContain(status);
      expect(body['RequestId']).toEqual(expect.stringMatching(/./));
      await expectRest(cloud);
      expectNothingAlive(cloud, 'detach-key-pair');
    } finally {
      await cloud.stop();
    }
  });

  it('its calls are not accepted', async () => {
    const deaf = createServer({ pauseOnConnect: true });
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    // A TLS handshake that is never answered: nothing can have been sent.
    const cloud = await start({ ECS_ENDPOINT: `https://127.0.0.1:${portOf(deaf)}` });
    try {
      const { status, body } = await detach(cloud, { InstanceIds: idsOf(cloud) });
      expect([status, body['FailCount']]).toEqual([200, '160']);
      expectNothingAlive(cloud, 'detach-key-pair');
    } finally {
      await cloud.stop();
      deaf.close();
    }
  });

  it('a stream of events hangs, one after the other', async () => {
    const cloud = await start();
    try {
      spoil(cloud, { DetachKeyPair: hang });
      const one = { RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, InstanceIds: idsOf(cloud) };
      const { payload, errorType } = await cloud.fc.invoke('detach-key-pair', [one, one, one, one]);
      expect(errorType).toBe('UnhandledInvocationError');
      const { errorType: thrown, errorMessage } = JSON.parse(payload);
      expect(thrown).toBe('EventFailure');
      expect(JSON.parse(errorMessage)).toHaveLength(4);
      expectNothingAlive(cloud, 'detach-key-pair');
    } finally {
      await cloud.stop();
    }
  });

  it.each<[string, Trouble, object]>([
    ['the reboot hangs', { RebootInstances: hang }, {}],
    ['the reboot hangs after it', { RebootInstances: hangApplied }, {}],
    ['the look before a reboot hangs', { DescribeInstances: hang }, {}],
    ['the reboot is answered a byte at a time', { RebootInstances: drip }, {}],
    ['reboots are throttled for ever', { RebootInstances: throttled }, {}],
    ['STS hangs before a reboot', { AssumeRole: hang }, { RoleArn: ROLE }],
  ])('%s', async (_, trouble, more) => {
    const cloud = await start();
    try {
      spoil(cloud, trouble);
      const now = Date.now();
      const { payload, errorType } = await cloud.fc.invoke('reboot-instances', {
        Version: 1,
        RegionId: cloud.regionId,
        KeyPairName: cloud.keyPairName,
        InstanceIds: idsOf(cloud).slice(0, 100),
        ForceReboot: false,
        DetachedAt: new Date(now).toISOString(),
        NotAfter: new Date(now + 60_000).toISOString(),
        SourceRequestId: 'source',
        ...more,
      });
      if (errorType !== undefined) expect(JSON.parse(payload)).toMatchObject({ errorType: 'RebootFailure' });
      expectNothingAlive(cloud, 'reboot-instances');
    } finally {
      await cloud.stop();
    }
  });
});
