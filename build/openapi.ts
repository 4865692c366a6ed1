import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { openApi } from '../functions/detach-key-pair/answer/openapi.ts';

/** docs/openapi.json: what the function itself answers at /openapi.json, for those who read the repository. */
function main(): void {
  const file = 'docs/openapi.json';
  const text = execFileSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${file}`], {
    input: JSON.stringify(openApi(), null, 2),
    encoding: 'utf8',
  });
  writeFileSync(file, text);
}

main();
