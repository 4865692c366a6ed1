import { afterEach, describe, expect, it } from 'vitest';
import { Clock } from '../clock.ts';
import { type LocalCloud, startLocalCloud } from '../cloud.ts';
import { type Throttle, Throttles } from '../ecs/throttle.ts';
import { rpcCall } from './rpc-call.ts';

describe('throttling', () => {
  const count = (rule: Throttle) => {
    // So slow that no time passes but by `advance`.
    const clock = new Clock({ speed: 1e-9 });
    const throttles = new Throttles({ DetachKeyPair: rule }, clock);
    const allowed = (n: number, region = 'cn-hangzhou', action = 'DetachKeyPair') =>
      Array.from({ length: n }, () => throttles.take('1', region, action)).filter((wait) => wait === 0).length;
    return { clock, throttles, allowed };
  };

  it('fills a bucket by the second', () => {
    const { clock, allowed } = count({ kind: 'bucket', perSecond: 10, burst: 5 });
    expect(allowed(7)).toBe(5);
    clock.advance(300);
    expect(allowed(7)).toBe(3);
    clock.advance(60_000);
    expect(allowed(7)).toBe(5);
  });

  it('begins to count again with each window', () => {
    const { clock, allowed } = count({ kind: 'window', limit: 3, seconds: 60 });
    clock.advance(60_000 - (clock.now() % 60_000));
    expect(allowed(5)).toBe(3);
    clock.advance(59_000);
    expect(allowed(5)).toBe(0);
    clock.advance(1_001);
    expect(allowed(5)).toBe(3);
  });

  it('counts regions and operations apart', () => {
    const { allowed } = count({ kind: 'window', limit: 3, seconds: 3600 });
    expect([allowed(5), allowed(5, 'cn-beijing'), allowed(5, 'cn-beijing', 'DescribeInstances')]).toEqual([3, 3, 5]);
  });

  it('says how long in real milliseconds', () => {
    const clock = new Clock({ speed: 60 });
    const throttles = new Throttles({ A: { kind: 'bucket', perSecond: 1 / 60, burst: 1 } }, clock);
    throttles.take('1', 'r', 'A');
    const wait = throttles.take('1', 'r', 'A');
    expect(wait).toBeGreaterThan(500);
    expect(wait).toBeLessThanOrEqual(1000);
  });
});

describe('a throttled call', () => {
  let cloud: LocalCloud;
  afterEach(() => cloud.stop());

  it.each([
    [{}, 400, 'Throttling.User', false],
    [{ throttleStatus: 403, throttleCode: 'Throttling' }, 403, 'Throttling', false],
    [{ throttleStatus: 429, retryAfterHint: true }, 429, 'Throttling.User', true],
  ] as const)('is answered by %j', async (switches, status, code, hint) => {
    cloud = await startLocalCloud({
      throttle: { DescribeKeyPairs: { kind: 'window', limit: 1, seconds: 86_400 } },
      switches,
    });
    expect((await rpcCall(cloud, 'DescribeKeyPairs')).status).toBe(200);
    const refused = await rpcCall(cloud, 'DescribeKeyPairs');
    expect(refused).toMatchObject({ status, text: expect.stringContaining(`"Code":"${code}"`) });
    expect(refused.headers.has('x-acs-retry-after')).toBe(hint);
    cloud.ecs.throttle('DescribeKeyPairs', undefined);
    expect((await rpcCall(cloud, 'DescribeKeyPairs')).status).toBe(200);
  });
});
