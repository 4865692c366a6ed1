import { beforeAll, describe, expect, it } from 'vitest';
import { prunedPorts } from './load-calls.ts';

let pruned: Awaited<ReturnType<typeof prunedPorts>>;
beforeAll(async () => {
  pruned = await prunedPorts();
});

describe('a piece that was pruned', () => {
  it.each([
    ['another operation', /^stopInstancesWithOptions of @alicloud\/openapi-core/],
    ["the core's own way to send", /^callApi of @alicloud\/openapi-core/],
    ['a helper of the core', /^getRPCSignature of @alicloud\/openapi-core/],
    ['a bearer token', /^@alicloud\/credentials\/src\/bearer_token_credential\.ts/],
  ])('says so when it is reached: %s', async (name, what) => {
    const reach = async () => pruned.beyond[name]?.();
    const error: unknown = await reach().then(
      () => 'nothing was thrown',
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'PrunedError', message: expect.stringMatching(what) });
    expect(error).toMatchObject({ message: expect.stringContaining('was pruned from the bundle') });
  });

  it('is not there for whoever merely looks at what it was cut from', async () => {
    const client = pruned.client();
    expect('startInstancesWithOptions' in client).toBe(false);
    expect(await client).toBe(client);
    expect(JSON.stringify(client)).toContain('"_endpoint":"127.0.0.1:1"');
    expect(String(client)).toBe('[object Object]');
  });
});
