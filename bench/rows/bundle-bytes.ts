import { statSync } from 'node:fs';
import type { MeasureRow } from '../row.ts';
import { sample } from '../statistics.ts';

export const bundleBytes: MeasureRow = async ({ bundles }) => {
  const kilobytes = (file: string) => sample([statSync(file).size / 1000]);
  const peer = kilobytes(bundles.obvious);
  return (['ours', 'reboots'] as const).map((name) => ({
    figure: name === 'ours' ? 'bundle, minified: detach-key-pair' : 'bundle, minified: reboot-instances',
    unit: 'kB',
    ours: kilobytes(bundles[name]),
    peer: ['the obvious bundle', peer],
    goals: [{ says: 'kB', value: kilobytes(bundles[name]), atMost: 300 }],
  }));
};
