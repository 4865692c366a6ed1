import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

const CLASS = /^export class (\w+) extends \$dara\.Model/gm;

/**
 * Empty models in place of those that the ECS client copies each answer into: we read the body as it was on the wire
 * (shared/alibaba/ecs.ts), and nothing reads the copy.
 */
export const unreadResponses: Plugin = {
  name: 'unread-responses',
  setup({ onLoad }) {
    onLoad({ filter: /\/@alicloud\/ecs20140526\/src\/models\/\w+Response(Body)?\.ts$/ }, async ({ path: file }) => {
      const names = [...(await readFile(file, 'utf8')).matchAll(CLASS)].map(([, name]) => name);
      const classes = names.map((name) => `export class ${name} extends Unread {}`);
      return {
        contents: `import * as $dara from '@darabonba/typescript';
class Unread extends $dara.Model { static names() { return {}; } static types() { return {}; } }
${classes.join('\n')}`,
        loader: 'js',
        resolveDir: file.slice(0, file.lastIndexOf('/')),
      };
    });
  },
};
