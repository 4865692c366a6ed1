import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { recordOf } from '../../shared/record.ts';
import { blocks, read } from './pages.ts';
import { variablesOf } from './substitute.ts';

const PAGES = ['README.md', 'README.zh-CN.md', 'CONTRIBUTING.md', 'SECURITY.md'].concat(
  readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.posix.join('docs', name)),
);
const MANIFESTS = readdirSync('.', { recursive: true, encoding: 'utf8' }).filter(
  (name) => path.basename(name) === 's.yaml' && !name.includes('node_modules'),
);
/** What holds a function shut. Of a kill switch the safe value is not its default: docs/deploy.md says what an update does. */
const GUARDS = ['ALLOWED_REGIONS', 'ALLOWED_KEY_PAIRS', 'WEBHOOK_SECRETS', 'HTTP_CALLERS'];

type Command = { readonly page: string; readonly line: string };

const commands: Command[] = PAGES.flatMap((page) =>
  ['sh', 'bash', 'shell', 'console'].flatMap((language) =>
    blocks(page, language).flatMap(({ text }) =>
      text
        .replace(/\\\n/g, ' ')
        .split('\n')
        .map((line) => ({ page, line })),
    ),
  ),
);
const { name: ownName } = recordOf(JSON.parse(read('package.json')));
/** Said in a sentence instead of a block. */
const inline: Command[] = PAGES.flatMap((page) =>
  [...read(page).matchAll(/`([^`\n]+)`/g)].map(([, line = '']) => ({ page, line })),
);
const deployments = [...commands, ...inline].filter(({ line }) =>
  /(^|[\s/])s(@[\d.]+)?\s+(-t\s+\S+\s+)?([\w-]+\s+)?deploy\b/.test(line),
);

describe('the documented commands', () => {
  it('are found: first deployment, update, kill switch, the function for webhooks, FC 2.0', () => {
    const lines = deployments.map(({ line }) => line).join('\n');
    for (const part of ['REBOOTS_DISABLED=true s reboot-instances deploy', 's -t docs/webhook/s.yaml deploy', 'npx']) {
      expect(lines).toContain(part);
    }
    expect(deployments.length).toBeGreaterThan(6);
  });

  it('deploy by a manifest that has every guard, whichever function they name', () => {
    for (const { page, line } of deployments) {
      for (const [, file = 's.yaml'] of line.matchAll(/\bs(?:@[\d.]+)?\s+(?:-t\s+(\S+)\s+)?(?:[\w-]+\s+)?deploy/g)) {
        const folder = /cd (\S+) &&/.exec(line)?.[1] ?? '.';
        expect(existsSync(path.join(folder, file)), `${file} in ${page}`).toBe(true);
        expect(MANIFESTS).toContain(path.join(folder, file));
      }
    }
  });

  it('empty no guard, and change no variables past a manifest', () => {
    const ways = [
      new RegExp(`\\b(?:${GUARDS.join('|')})=(?:\\s|$|''|"")`),
      new RegExp(`\\bunset\\b.*(?:${GUARDS.join('|')})`),
      /HTTP_CALLERS=any/,
      // FC replaces all variables of a function by those that such a call has.
      /aliyun fc (?:PUT|UpdateFunction|update-function)|environmentVariables.*aliyun|--environment-variables/i,
      /authType\W+anonymous/,
    ];
    const found = commands.filter(({ line }) => ways.some((way) => way.test(line)));
    expect(found).toEqual([]);
  });

  it('install each tool at one version', () => {
    const all = [...commands, ...inline].filter(({ line }) =>
      /@serverless-devs\/s(?!erverless)|npm (i|install) \S*-g/.test(line),
    );
    expect(all.length).toBeGreaterThan(2);
    for (const { page, line } of all) expect(line, page).toMatch(/@serverless-devs\/s@\d+\.\d+\.\d+\b/);
    for (const { page, line } of commands) {
      for (const [, name = ''] of line.matchAll(/\bnpx (?:--\S+ )*([\w./@-]+)/g)) {
        // What package-lock.json holds, this package's own command, or a version.
        const isPinned = existsSync(`node_modules/.bin/${name}`) || name === ownName || /.@\d+\.\d+\.\d+$/.test(name);
        expect(isPinned, `npx ${name} in ${page}`).toBe(true);
      }
    }
  });
});

describe.each(MANIFESTS)('%s', (file) => {
  const text = readFileSync(file, 'utf8');

  it('says every guard of every function, and takes none of them from a default', () => {
    const functions = functionsOf(parse(text));
    expect(functions.length).toBeGreaterThan(0);
    for (const { variables, isAnonymous } of functions) {
      expect(variables).toMatchObject({ ALLOWED_REGIONS: expect.any(String), ALLOWED_KEY_PAIRS: expect.any(String) });
      for (const guard of GUARDS) {
        const value = variables[guard];
        if (value !== undefined) expect(value, guard).not.toBe('');
      }
      if (isAnonymous) {
        expect(variables).toMatchObject({ HTTP_CALLERS: 'webhooks', WEBHOOK_SECRETS: expect.any(String) });
      }
    }
    for (const [variable, need] of variablesOf(text))
      if (GUARDS.includes(variable)) expect(need, variable).toBe('required');
  });
});

/** Of both components: fc3 has resources, fc has services. */
function functionsOf(manifest: unknown): { variables: Record<string, unknown>; isAnonymous: boolean }[] {
  const { resources, services } = recordOf(manifest);
  return Object.values(recordOf(resources ?? services)).map((resource) => {
    const props = recordOf(recordOf(resource)['props']);
    const variables = recordOf(props['environmentVariables'] ?? recordOf(props['function'])['environmentVariables']);
    return { variables, isAnonymous: JSON.stringify(props['triggers'] ?? []).includes('anonymous') };
  });
}
