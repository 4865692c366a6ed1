import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { enter as enterDetach } from '../../functions/detach-key-pair/invoke.ts';
import { parseRequest } from '../../functions/detach-key-pair/request/parse-request.ts';
import { enter as enterReboot } from '../../functions/reboot-instances/invoke.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';
import { loadConfig } from '../../shared/config/config.ts';
import { recordOf } from '../../shared/record.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { fcContext, httpEvent } from '../support/events.ts';
import { checkTrigger } from './check-manifest.ts';
import { blocks, PAGES, read } from './pages.ts';
import { variablesOf } from './substitute.ts';
import { settings } from './variables.ts';

const run = promisify(execFile);

function sources(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.includes('portal/'))
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('\n');
}

describe.each(PAGES)('%s', (page) => {
  test('links to what is there', () => {
    for (const [, target = '', heading] of read(page).matchAll(/\]\(([^)#\s]*)(?:#([^)]+))?\)/g)) {
      if (/^https?:/.test(target)) continue;
      const file = target === '' ? page : path.join(path.dirname(page), target);
      expect(existsSync(file), `${target} in ${page}`).toBe(true);
      if (heading) expect(headings(read(file)), `#${heading} in ${page}`).toContain(heading);
    }
  });

  test('shows JSON and YAML that can be read', () => {
    for (const { text } of blocks(page, 'json')) expect(() => JSON.parse(text), text).not.toThrow();
    for (const { text } of blocks(page, 'yaml')) expect(() => parse(text), text).not.toThrow();
  });

  test('shows requests that are taken', () => {
    const config = loadConfig({ ALLOWED_ROLE_ARNS: 'acs:ram::2222222222222222:role/fc-detach-key-pair' });
    for (const { text } of blocks(page, 'json request')) {
      expect(() => parseRequest(recordOf(JSON.parse(text)), config), text).not.toThrow();
    }
  });

  test('names no person, machine or registry', () => {
    expect(read(page)).not.toMatch(/\/work\/|\.\.\/shared|registry\.|127\.0\.0\.1/);
  });
});

function headings(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s-]/gu, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

describe('docs/deploy.md', () => {
  test('explains every variable of s.yaml and every setting', () => {
    const explained = [...read('docs/deploy.md').matchAll(/^\| `([A-Z_]+)`/gm)].map(([, name]) => name);
    const named = settings().filter((name) => name !== 'FC_ENDPOINT'); // reserved by FC; stands at its other name
    const wanted = new Set([...variablesOf(readFileSync('s.yaml', 'utf8')).keys(), ...named]);
    expect(explained.sort()).toEqual([...wanted].sort());
  });

  test('calls the trigger by a command that is taken', async () => {
    const [{ text } = { text: '' }] = blocks('docs/deploy.md', 'sh').filter((block) => /detach --url/.test(block.text));
    const [, words = ''] = /npx fc-detach-key-pair (detach .*)$/m.exec(text) ?? [];
    const cloud = await bundledCloud({ instances: [{ keyPairName: 'testKeyPairName' }], triggerAuth: 'function' });
    const state = mkdtempSync(path.join(tmpdir(), 'state-'));
    try {
      const ask = (secret: string) =>
        run('sh', ['-c', `node dist/cli/index.js ${words} --yes`], {
          env: {
            PATH: process.env['PATH'],
            TRIGGER_URL: cloud.fc.triggerUrl,
            XDG_STATE_HOME: state,
            ALIBABA_CLOUD_ACCESS_KEY_ID: cloud.ecs.credentials.accessKeyId,
            ALIBABA_CLOUD_ACCESS_KEY_SECRET: secret,
          },
        });
      await expect(ask('another secret')).rejects.toMatchObject({
        code: 3,
        stderr: expect.stringContaining('SignatureDoesNotMatch'),
      });
      const { stdout } = await ask(cloud.ecs.credentials.accessKeySecret);
      expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '1', FailCount: '0' });
    } finally {
      await cloud.stop();
      rmSync(state, { recursive: true });
    }
  });
});

function requestOf({ regionId, keyPairName, ecs }: LocalCloud): string {
  return JSON.stringify({ RegionId: regionId, KeyPairName: keyPairName, InstanceIds: ecs.bound() });
}

describe('docs/requests.md', () => {
  test('signs a webhook that is taken', async () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    const [{ text } = { text: '' }] = blocks('docs/requests.md', 'js');
    const cloud = await bundledCloud({ instances: 2, detach: { environment: { WEBHOOK_SECRETS: secret } } });
    try {
      const { stdout } = await run(process.execPath, ['-e', text, '--', 'call.cjs', requestOf(cloud)], {
        env: { PATH: process.env['PATH'], TRIGGER_URL: cloud.fc.triggerUrl, WEBHOOK_SECRET: secret },
      });
      expect(JSON.parse(stdout)).toMatchObject({ TotalCount: '2', FailCount: '0' });
    } finally {
      await cloud.stop();
    }
  });
});

describe('docs/events.md', () => {
  test('shows triggers that s.yaml may have', () => {
    const triggers: unknown[] = blocks('docs/events.md', 'yaml triggers').flatMap(({ text }) => parse(text));
    expect(triggers.map((trigger) => recordOf(trigger)['triggerType'])).toEqual(['eventbridge', 'timer', 'mns_topic']);
    for (const trigger of triggers) expect(checkTrigger(trigger)).toEqual([]);
  });

  test('gives the timer a request that is taken', () => {
    const triggers: unknown[] = blocks('docs/events.md', 'yaml triggers').flatMap(({ text }) => parse(text));
    const [timer] = triggers.filter((trigger) => recordOf(trigger)['triggerType'] === 'timer');
    const { payload } = recordOf(recordOf(timer)['triggerConfig']);
    expect(() => parseRequest(JSON.parse(String(payload)), loadConfig({}))).not.toThrow();
  });

  test.each([
    ['a misspelt key', { notifyContentFromat: 'JSON' }, /notifyContentFromat: there is no such key/],
    ['the format without an identity', { notifyContentFormat: 'STREAM' }, /notifyContentFormat: must be "JSON"/],
  ])('the check finds %s', (_, change, problem) => {
    const [topic] = blocks('docs/events.md', 'yaml triggers').flatMap(({ text }): unknown[] =>
      parse(text).filter((trigger: unknown) => recordOf(trigger)['triggerType'] === 'mns_topic'),
    );
    const { triggerConfig, ...rest } = recordOf(topic);
    const problems = checkTrigger({ ...rest, triggerConfig: { ...recordOf(triggerConfig), ...change } });
    expect(problems.filter((text) => problem.test(text))).not.toEqual([]);
  });
});

describe('docs/runbook.md', () => {
  test('says what to do about every code and action that the code gives', () => {
    const given = new Set<string>();
    for (const pattern of [
      /RequestError\(\s*\d+,\s*'([\w.]+)'/g,
      /\bcode: '([A-Z][\w.]+)'/g,
      /\b(?:finding|passed)\(id, '([\w.]+)'/g,
      /return '(Invalid[\w.]+)'/g,
      /^ {2}\| '([A-Z][\w.]+)'/gm, // the actions of reboot-instances
      /UNTOUCHED = '(\w+)'/g,
    ]) {
      for (const [, code = ''] of `${sources('functions')}\n${sources('shared')}`.matchAll(pattern)) given.add(code);
    }
    expect(given.size).toBeGreaterThan(30);
    const page = read('docs/runbook.md');
    const successes = ['DryRun.WouldDetach', 'Verify.Revoked'];
    const missing = [...given].filter((code) => !page.includes(`\`${code}\``) && !successes.includes(code));
    expect(missing.filter((code) => !/^Invalid(KeyPairName|RegionId)\./.test(code))).toEqual([]);
  });

  test('looks for the events by their names', () => {
    const page = read('docs/runbook.md');
    const events = [...page.matchAll(/^\| `([a-z ]+)` \| (?:`[a-z-]+`|all|the last two) \|/gm)].map(([, name]) => name);
    const said = [...`${sources('functions')}\n${sources('shared')}`.matchAll(/\.(?:info|warn|error)\('([a-z ]+)'/g)];
    const written = new Set([...said.map(([, name]) => name), 'reboot', 'removal']);
    expect(events.sort()).toEqual([...written].sort());
    for (const { text } of blocks('docs/runbook.md', 'sql')) {
      for (const [, word = ''] of text.matchAll(/^__topic__: "FCLogs:[a-z-]+" and (\w+) \|$/gm))
        expect(events).toContain(word);
    }
  });

  test('asks the log for what is in it', async () => {
    const lines = await logLines();
    const queries = blocks('docs/runbook.md', 'sql').map(({ text }) => text);
    const asked = queries.flatMap((query) => [...query.matchAll(/'\$\.([\w.]+)'/g)].map(([, name = '']) => name));
    expect(asked.length).toBeGreaterThan(10);
    for (const name of asked) {
      // An action that did not happen is not counted; the queries take that for 0.
      const [first = '', second] = name.split('.');
      const found = lines.some((line) => {
        const value = recordOf(JSON.parse(line))[first];
        return first === 'actions' || second === undefined ? value !== undefined : second in recordOf(value);
      });
      expect(found, name).toBe(true);
    }
  });

  test('finds the line behind whatever the runtime puts before it', async () => {
    const pattern = /regexp_extract\(message, '([^']+)'\)/.exec(read('docs/runbook.md'))?.[1];
    const [line = ''] = await logLines();
    expect(new RegExp(pattern ?? '').exec(`2026-11-24 08:21:30.000 1-6b05490a [info] ${line}`)?.[0]).toBe(line);
  });
});

/** What both functions say of a detach, a refusal and a reboot. */
async function logLines(): Promise<string[]> {
  const lines: string[] = [];
  const cloud = await startLocalCloud({ instances: 1 });
  try {
    const options = {
      variables: {
        ECS_ENDPOINT: cloud.ecs.endpoint,
        ALIBABA_CLOUD_ACCESS_KEY_ID: cloud.ecs.credentials.accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: cloud.ecs.credentials.accessKeySecret,
      },
      write: (line: string) => lines.push(line),
    };
    const { regionId: RegionId, keyPairName: KeyPairName } = cloud;
    const InstanceIds = cloud.ecs.bound();
    for (const body of [{ RegionId, KeyPairName, InstanceIds }, {}]) {
      await enterDetach(Buffer.from(JSON.stringify(httpEvent({ body }))), fcContext(), options);
    }
    const now = Date.now();
    const message = {
      ...{ Version: 1, RegionId, KeyPairName, InstanceIds, ForceReboot: false, SourceRequestId: 'x' },
      ...{ DetachedAt: new Date(now).toISOString(), NotAfter: new Date(now + 3_600_000).toISOString() },
    };
    await enterReboot(Buffer.from(JSON.stringify(message)), fcContext(), options);
  } finally {
    await cloud.stop();
  }
  return lines;
}
