import { describe, expect, it, vi } from 'vitest';
import { createCloudAssistant } from '../../shared/alibaba/cloud-assistant.ts';
import { connect } from '../../shared/alibaba/connect.ts';
import { createEcsCall } from '../../shared/alibaba/ecs-call.ts';
import { loadConfig } from '../../shared/config/config.ts';
import { CallError } from '../../shared/ecs/call-error.ts';
import { readContext } from '../../shared/fc/context.ts';
import { deadlineAt } from '../../shared/fc/deadline.ts';
import { createCallLimit, createCallLimits, endPermit } from '../../shared/retry/call-limit.ts';
import { asking, retrying } from '../../shared/retry/retry.ts';

const inSeconds = (seconds: number) => deadlineAt(Date.now() + seconds * 1_000);
const throttled = (retryAfterMs?: number) => CallError.answered(400, 'Throttling.User', 'too many', retryAfterMs);

describe('the limit of an operation', () => {
  it('tells a caller that gets no turn in time what the service last said, whoever it said it to', async () => {
    const limit = createCallLimit();
    const refusal = throttled(30_000);
    (await limit(inSeconds(10)))(refusal);
    await expect(limit(inSeconds(10))).rejects.toBe(refusal);
  });

  it('has a turn for one whose deadline is later than what the service asked to wait', async () => {
    const limit = createCallLimit();
    (await limit(inSeconds(10)))(throttled(50));
    await expect(limit(inSeconds(0.02))).rejects.toMatchObject({ code: 'Throttling.User' });
    expect(await limit(inSeconds(10))).toBeTypeOf('function');
  });

  it('says that the time was up where nothing was ever throttled', async () => {
    await expect(createCallLimit()(deadlineAt(0))).rejects.toMatchObject({ code: 'DeadlineExceeded' });
  });

  it('is one for each key', () => {
    const limitOf = createCallLimits();
    expect(limitOf('a')).toBe(limitOf('a'));
    expect(limitOf('a')).not.toBe(limitOf('b'));
  });

  it.each([
    ['an answer', undefined, 'passed'],
    ['a refusal', CallError.answered(403, 'Forbidden.RAM', 'no'), 'passed'],
    ['a refusal for too many calls', throttled(), 'throttled'],
    ['an answer that cannot be read', CallError.unreadable('what?'), 'unanswered'],
    ['a call that never left', CallError.expired(), 'unanswered'],
  ] as const)('learns from %s: %#', (_, error, expected) => {
    const permit = { passed: vi.fn(), throttled: vi.fn(), unanswered: vi.fn() };
    endPermit(permit, error);
    const called = Object.entries(permit).filter(([, end]) => end.mock.calls.length > 0);
    expect(called.map(([name]) => name)).toEqual([expected]);
  });
});

describe('asking', () => {
  it('leaves it to the limit to wait, and gives up as soon as that has no turn in time', async () => {
    const call = vi.fn(async (): Promise<string> => {
      throw throttled(90_000);
    });
    const operation = Object.assign(call, { limit: createCallLimit() });
    const options = { deadline: inSeconds(60), timeoutMs: 10 };
    const first = asking(operation, undefined, options);
    await expect(first).rejects.toMatchObject({ code: 'Throttling.User' });
    await expect(asking(operation, undefined, options)).rejects.toMatchObject({ code: 'Throttling.User' });
    expect(call).toHaveBeenCalledOnce();
  });

  it('says what the service said when the time is up while that was answered', async () => {
    const deadline = { at: Date.now() + 60_000, left: vi.fn(() => 60_000) };
    const call = async () => {
      deadline.left.mockReturnValue(0);
      throw throttled();
    };
    const made = retrying(call, { deadline, timeoutMs: 10 }, createCallLimit());
    await expect(made).rejects.toMatchObject({ code: 'Throttling.User' });
  });

  it('gives every call its turn at once while nothing is throttled', async () => {
    let inFlight = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const call = async () => {
      inFlight += 1;
      if (inFlight === 20) finish();
      await finished;
      return 'done';
    };
    const operation = Object.assign(call, { limit: createCallLimit() });
    const all = Array.from({ length: 20 }, () =>
      asking(operation, undefined, { deadline: inSeconds(60), timeoutMs: 10 }),
    );
    expect(new Set(await Promise.all(all))).toEqual(new Set(['done']));
  });
});

describe('the limits of one invocation', () => {
  const services = () =>
    connect(
      loadConfig({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'id', ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret' }),
      readContext(undefined),
    );
  const here = { regionId: 'cn-hangzhou', roleArn: undefined };

  it('are shared by all who call an operation in a place', async () => {
    const { ecs } = services();
    const [one, other] = [await ecs(here, 1_000), await ecs(here, 1_000)];
    expect(one.describeInstances.limit).toBe(other.describeInstances.limit);
    expect(new Set([one.keyPairExists.limit, one.publicKeyOf.limit, other.describeKeyPairs.limit]).size).toBe(1);
  });

  it('are others for another operation, another region, another service and another invocation', async () => {
    const { ecs, cloudAssistant } = services();
    const one = await ecs(here, 1_000);
    const elsewhere = await ecs({ ...here, regionId: 'us-east-1' }, 1_000);
    const assistant = await cloudAssistant(here, 1_000);
    const later = await services().ecs(here, 1_000);
    const limits = [
      one.describeInstances.limit,
      one.describeKeyPairs.limit,
      one.describeRegions.limit,
      elsewhere.describeInstances.limit,
      assistant.runCommand.limit,
      assistant.describeInvocationResults.limit,
      assistant.describeInvocations.limit,
      assistant.describeCloudAssistantStatus.limit,
      later.describeInstances.limit,
    ];
    expect(limits.every((limit) => limit !== undefined)).toBe(true);
    expect(new Set(limits).size).toBe(limits.length);
  });

  it('are there for one who connects without an invocation', () => {
    const options = { regionId: 'cn-hangzhou', credentials: { accessKeyId: 'id', accessKeySecret: 'secret' } };
    const { runCommand, describeInvocations } = createCloudAssistant(createEcsCall(options));
    expect(runCommand.limit).not.toBe(describeInvocations.limit);
  });
});
