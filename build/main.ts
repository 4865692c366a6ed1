import { rmSync, statSync } from 'node:fs';
import { buildFunction, FUNCTIONS } from './build.ts';
import { buildCli } from './cli.ts';

async function main(): Promise<void> {
  for (const name of FUNCTIONS) {
    rmSync(`dist/${name}`, { recursive: true, force: true }); // what an earlier build left would be deployed
    await buildFunction(name);
    console.error(`dist/${name}/index.js  ${(statSync(`dist/${name}/index.js`).size / 1000).toFixed(1)} kB`);
  }
  await buildCli();
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
