import { beforeAll, describe, expect, it } from 'vitest';
import { type Probe, prunedProbe } from './load-probe.ts';

let pruned: Probe;
beforeAll(async () => {
  pruned = await prunedProbe();
});

describe('a piece that was pruned', () => {
  it.each([
    ['another operation', /^stopInstancesWithOptions of @alicloud\/openapi-core/],
    ['the older signature', /^doRPCRequest of @alicloud\/openapi-core/],
    ['a helper of the SDK core', /^getRPCSignature of @alicloud\/openapi-core/],
    ['a bearer token', /^@alicloud\/credentials/],
    ['WebSocket', /^@(alicloud|darabonba)\/.*WebSocket/],
  ])('says so when it is reached: %s', async (name, what) => {
    const reach = async () => pruned.beyond[name]?.({ endpoint: '127.0.0.1:1' });
    const error: unknown = await reach().then(
      () => 'nothing was thrown',
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'PrunedError', message: expect.stringMatching(what) });
    expect(error).toMatchObject({ message: expect.stringContaining('was pruned from the bundle') });
  });

  it('is not there for whoever merely looks at what it was cut from', async () => {
    const client = pruned.ecs({ endpoint: '127.0.0.1:1' });
    expect('startInstancesWithOptions' in client).toBe(false);
    expect(await client).toBe(client);
    expect(JSON.stringify(client)).toContain('"_regionId":"cn-hangzhou"');
    expect(String(client)).toBe('[object Object]');
  });
});
