import { afterEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud, post, rebootTasks } from '../support/bundled-cloud.ts';

/** The whole of it: `TEST_CONTINUE=100000 npx vitest run test/integration/continue.test.ts`, with the 30 s that go with it. */
const INSTANCES = Number(process.env['TEST_CONTINUE'] ?? 4_000);
const WHOLE = INSTANCES >= 100_000;
// In CI the answer is due after eight seconds; the rest is for the machine, should it be busy. One that stands still
// as these eight end cuts off calls that are under way: what they were for is in doubt, and is not handed on.
const TIMEOUT_SECONDS = WHOLE ? 30 : 18;
const MARGIN_MS = WHOLE ? '1500' : '10000';
const LATENCY_MS = WHOLE ? 100 : 1_000;

let cloud: LocalCloud;
afterEach(() => cloud.stop());

const isCompletion = (taskId: string) => taskId.startsWith('complete-');

const killed = ({ results }: { results: readonly { payload: string }[] }) =>
  results.filter(({ payload }) => payload.includes('timed out'));

/** The instances that a thrown answer names as failed: those of its run where it failed as a whole. */
function failedIn({ requestPayload, responsePayload }: { requestPayload: string; responsePayload: string }): string[] {
  const { Results } = JSON.parse(JSON.parse(responsePayload).errorMessage);
  if (!Results) return JSON.parse(requestPayload).Request.InstanceIds;
  return Results.Result.map(({ InstanceId }: { InstanceId: string }) => InstanceId);
}

const times = (numbers: readonly number[]) => {
  const counts = new Map<number, number>();
  for (const n of numbers) counts.set(n, (counts.get(n) ?? 0) + 1);
  return Object.fromEntries(counts);
};

describe('a job larger than one invocation', () => {
  it('is gone on with by others: all detached, each rebooted once, none killed', async () => {
    cloud = await bundledCloud({
      instances: INSTANCES,
      latencyMs: LATENCY_MS,
      detach: {
        timeoutSeconds: TIMEOUT_SECONDS,
        environment: { MAX_INSTANCES: '100000', DEADLINE_MARGIN_MS: MARGIN_MS },
      },
      reboot: { timeoutSeconds: 60, maxInstances: 8 },
    });
    const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    const startedAt = performance.now();
    // Not in the minute of the detach: its start would prove nothing, and what was in doubt would be restarted again.
    const Reboot = { IntervalSeconds: 0, DelaySeconds: 60 };
    const { status, body } = await post(cloud, { InstanceIds: ids, Continue: true, Reboot });
    const answeredMs = performance.now() - startedAt;
    const left = Number(recordOf(body['Continuation'])['InstanceCount']);
    const items = body.Results?.Result ?? [];
    const inDoubt = items.filter(({ Code }) => Code !== 'Continued' && Code !== '200').length;
    expect([status, body.TotalCount, body.FailCount]).toEqual([200, String(INSTANCES), String(left + inDoubt)]);
    expect(answeredMs).toBeLessThan(TIMEOUT_SECONDS * 1_000);
    expect(left).toBeGreaterThan(INSTANCES / 20);
    expect(left).toBeLessThan(INSTANCES);
    expect(recordOf(body['Reboot'])).toMatchObject({ TotalCount: String(INSTANCES - left - inDoubt), FailCount: '0' });
    if (body['ResultsTruncated'] === undefined) {
      expect(items.filter(({ Code }) => Code === 'Continued')).toHaveLength(left);
    }

    await cloud.fc.drain();
    expect(cloud.ecs.bound()).toEqual([]);
    expect(times(cloud.ecs.instances().map(({ reboots }) => reboots.length))).toEqual({ 1: INSTANCES });
    expect(cloud.fc.tasks.flatMap(killed)).toEqual([]);
    // A continued run that was left in doubt is repeated.
    const unwell = cloud.fc.tasks.filter(
      ({ id, status: end, attempts }) =>
        !isCompletion(id) && (end !== 'Succeeded' || (attempts !== 1 && !id.startsWith('continue-'))),
    );
    expect(unwell).toEqual([]);
    // Where nothing is in doubt all was handed over: what would have finished the request was taken out of the queue.
    const completions = cloud.fc.tasks.filter(({ id }) => isCompletion(id));
    const end = inDoubt > 0 ? 'Succeeded' : 'Stopped';
    expect(new Set(completions.map(({ status }) => status))).toEqual(new Set([end]));
    expect(Math.max(...cloud.fc.calls.map(({ payload }) => Buffer.byteLength(payload)))).toBeLessThan(128 * 1024);

    const runs = cloud.fc.tasks.filter(({ id }) => id.startsWith('continue-')).length;
    const reboots = rebootTasks(cloud).length;
    const calls = { detach: cloud.ecs.callsOf('DetachKeyPair').length, all: cloud.ecs.calls.length };
    const tookMs = Math.round(performance.now() - startedAt);
    console.log(
      'continued:',
      JSON.stringify({ instances: INSTANCES, left, runs, reboots, calls, answeredMs: Math.round(answeredMs), tookMs }),
    );
  }, 600_000);

  it('is handed on again and again while ECS throttles, and names what is not there', async () => {
    cloud = await bundledCloud({
      instances: 3_800,
      // Four seconds a run: one that a busy machine keeps from any call would fail.
      detach: { timeoutSeconds: 12, environment: { DEADLINE_MARGIN_MS: '8000' } },
      throttle: { DetachKeyPair: { kind: 'bucket', perSecond: 8, burst: 5 } },
    });
    const ids = cloud.ecs.instances().map(({ instanceId }) => instanceId);
    const asked = ['i-bp1nosuch0', ...ids, 'i-bp1nosuch1'];
    const { status, item } = await post(cloud, { InstanceIds: asked, Continue: true });
    expect(status).toBe(200);
    expect(item('i-bp1nosuch0')?.Code).toBe('InvalidInstanceIds.ValueNotSupported');
    expect(item('i-bp1nosuch1')?.Code).toBe('Continued');
    await cloud.fc.drain();
    expect(cloud.ecs.bound()).toEqual([]);
    // No caller reads the answer of a continued run: what failed in it is named at onFailure.
    // Where a machine that stands still leaves a call in doubt, the completion looks again, and names it too.
    const named = cloud.fc.failures.flatMap(failedIn);
    expect(named).toContain('i-bp1nosuch1');
    expect(named.filter((id) => ids.includes(id))).toEqual([]);
    expect(cloud.fc.tasks.flatMap(killed)).toEqual([]);
    const handedOn = cloud.fc.tasks.filter(({ results }) =>
      results.some(({ payload }) => payload.includes('"Continuation"')),
    );
    expect(handedOn.length).toBeGreaterThan(0);
  });
});
