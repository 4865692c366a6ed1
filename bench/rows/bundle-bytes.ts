import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import type { MeasureRow, Row } from '../row.ts';
import { sample } from '../statistics.ts';

export const bundleBytes: MeasureRow = async ({ bundles }) => {
  const kilobytes = (file: string) => sample([statSync(file).size / 1000]);
  const peer = kilobytes(bundles.obvious);
  const files = (['ours', 'reboots', 'removals'] as const).map(
    (name): Row => ({
      figure: `index.js, minified: ${FUNCTIONS[name]}`,
      unit: 'kB',
      ours: kilobytes(bundles[name]),
      peer: ['the obvious bundle', peer],
      goals: [{ says: 'kB', value: kilobytes(bundles[name]), atMost: 160 }],
    }),
  );
  const folder = sample([bytesOf(path.dirname(bundles.ours)) / 1000]);
  return [
    ...files,
    {
      figure: 'the folder that is deployed: detach-key-pair',
      unit: 'kB',
      ours: folder,
      goals: [{ says: 'kB', value: folder, atMost: 400 }],
    },
  ];
};

const FUNCTIONS = { ours: 'detach-key-pair', reboots: 'reboot-instances', removals: 'remove-public-key' } as const;

function bytesOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);
}
