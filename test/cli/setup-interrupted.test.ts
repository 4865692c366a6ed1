import { afterEach, expect, test, vi } from 'vitest';
import { type SetupBench, SHOULD_BE_ATTACHED, setupBench } from './setup-bench.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const WRITES = [
  'CreateQueue',
  'CreatePolicy',
  'CreateRole',
  'AttachPolicyToRole',
  'CreatePolicyVersion',
  'UpdatePolicyDescription',
];

/** From the nth write on no answer comes, as when the process or its network is gone. */
function cutAfter(bench: SetupBench, writes: number, applied: boolean) {
  let n = 0;
  for (const action of WRITES) {
    bench.cloud.ram.onCall(action, () => {
      n += 1;
      return n <= writes ? undefined : { kind: 'reset', applied: applied && n === writes + 1 };
    });
  }
}

function mend(bench: SetupBench) {
  for (const action of WRITES) bench.cloud.ram.onCall(action, undefined);
}

test.each([true, false])(
  'a run that is cut off at any write is finished by the next one (the lost write was made: %s)',
  async (applied) => {
    const bench = await setupBench();
    try {
      for (let writes = 0; writes < 15; writes++) {
        bench.clear();
        cutAfter(bench, writes, applied);
        const first = await bench.run();
        expect(first.code).toBe(1);
        expect(first.err).toContain('Run setup again');
        expect(first.out).toBe('');
        mend(bench);
        expect((await bench.run()).code).toBe(0);
        expect(bench.attachments()).toEqual(SHOULD_BE_ATTACHED);
        bench.writes();
        expect((await bench.run()).err).toContain('Nothing to do.');
        expect(bench.writes()).toEqual([]);
      }
    } finally {
      await bench.stop();
    }
  },
);

test('an update that is cut off before its mark is marked by the next run', async () => {
  const bench = await setupBench();
  try {
    await bench.run();
    const name = 'fc-reboot-instances';
    const document = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"ecs:RebootInstances","Resource":"*"}]}';
    bench.account.addPolicy(name, { document });
    const { err } = await bench.run({ dryRun: true });
    bench.account.addPolicy(name, { document, description: /--NewDescription '([^']+)'/.exec(err)?.[1] ?? '' });
    cutAfter(bench, 1, false);
    expect((await bench.run()).code).toBe(1);
    mend(bench);
    bench.writes();
    expect((await bench.run()).code).toBe(0);
    expect(bench.writes()).toEqual([`UpdatePolicyDescription ${name}`]);
    expect((await bench.run()).err).toContain('Nothing to do.');
  } finally {
    await bench.stop();
  }
});

test('two runs beside each other leave the account as it should be', async () => {
  const bench = await setupBench();
  try {
    const codes = (await Promise.all([bench.run(), bench.run()])).map(({ code }) => code);
    expect(codes.every((code) => code === 0 || code === 1)).toBe(true);
    expect((await bench.run()).code).toBe(0);
    expect(bench.attachments()).toEqual(SHOULD_BE_ATTACHED);
    expect((await bench.run()).err).toContain('Nothing to do.');
  } finally {
    await bench.stop();
  }
});
