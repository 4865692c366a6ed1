import path from 'node:path';
import { build } from 'esbuild';
import { buildFunction } from '../../build/build.ts';

const PEERS = ['obvious', 'limit', 'retrying', 'bisecting'] as const;
export type Peer = (typeof PEERS)[number];
export type Bundles = Record<Peer | 'ours' | 'reboots' | 'removals', string>;

/** Ours as it is deployed, the peers as `esbuild --minify` makes them: name → file. */
export async function bundleAll(folder: string): Promise<Bundles> {
  const file = (name: string) => path.join(folder, `${name}.js`);
  await Promise.all([
    buildFunction('detach-key-pair', path.join(folder, 'ours')),
    buildFunction('reboot-instances', path.join(folder, 'reboots')),
    buildFunction('remove-public-key', path.join(folder, 'removals')),
    ...PEERS.map((peer) =>
      build({
        entryPoints: [`bench/peers/${peer}.ts`],
        outfile: file(peer),
        bundle: true,
        minify: true,
        platform: 'node',
        target: 'node20',
        format: 'cjs',
        // ali-oss, which @alicloud/fc2 drags in, names it without depending on it.
        external: ['proxy-agent'],
        logLevel: 'error',
      }),
    ),
  ]);
  return {
    ours: path.join(folder, 'ours/index.js'),
    reboots: path.join(folder, 'reboots/index.js'),
    removals: path.join(folder, 'removals/index.js'),
    obvious: file('obvious'),
    limit: file('limit'),
    retrying: file('retrying'),
    bisecting: file('bisecting'),
  };
}
