import { type InstanceSeed, instanceIdAt } from '../ecs/instance.ts';
import { type Given, UsageError, wholeNumber } from './arguments.ts';

/** What the examples of README and docs/ name. */
export const EXAMPLES = {
  keyPairName: 'testKeyPairName',
  instanceIds: ['i-bp1d6tsvznfghy7y0001', 'i-bp1d6tsvznfghy7y0002'],
} as const;

const KINDS: Readonly<Record<string, InstanceSeed>> = {
  windows: { osType: 'windows', keyPairName: null },
  stopped: { status: 'Stopped' },
  locked: { locked: true },
  'other-key': { keyPairName: 'another-key' },
  'other-region': { regionId: 'cn-beijing' },
  tagged: { tags: { env: 'staging' } },
};

/** `--instances` in all, of which so many are of each kind; and the two that the examples are about. */
export function readSeeds(flags: Given): InstanceSeed[] {
  const instances = wholeNumber(flags, 'instances', 120, 100_000);
  const special = Object.entries(KINDS).flatMap(([name, seed]) =>
    Array.from({ length: wholeNumber(flags, name, 0, 100_000) }, () => seed),
  );
  if (special.length > instances) {
    throw new UsageError(`--instances ${instances} is less than the ${special.length} of ${Object.keys(KINDS)}`);
  }
  const usual = Array.from({ length: instances - special.length }, () => ({}));
  const seeds = [...usual, ...special].map((seed, n) => ({ instanceId: instanceIdAt(n), ...seed }));
  const { keyPairName, instanceIds } = EXAMPLES;
  return [...seeds, ...instanceIds.map((instanceId) => ({ instanceId, keyPairName }))];
}
