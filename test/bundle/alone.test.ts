import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFunction, FUNCTIONS, type FunctionName } from '../../build/build.ts';
import { type LocalCloud, startLocalCloud } from '../../local-cloud/cloud.ts';

const run = promisify(execFile);

let folder: string;
let cloud: LocalCloud;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'alone-'));
  cloud = await startLocalCloud({ instances: 2 });
});
afterEach(async () => {
  await Promise.all([cloud.stop(), rm(folder, { recursive: true })]);
});

/** Builds into one folder, copies all of it into an empty one, and calls it there. */
async function answerOf(name: FunctionName, event: object, context: object = {}): Promise<unknown> {
  const built = await mkdtemp(path.join(tmpdir(), 'built-'));
  await buildFunction(name, built);
  await cp(built, folder, { recursive: true });
  await rm(built, { recursive: true });
  const call = `require('./index.js').handler(Buffer.from(${JSON.stringify(JSON.stringify(event))}), ${JSON.stringify(context)})
    .then((answer) => JSON.stringify(answer), (error) => error.message)
    .then((text) => process.stdout.write('\\n' + text, () => process.exit()))`;
  await writeFile(path.join(folder, 'call.js'), call);
  const env = { ECS_ENDPOINT: cloud.ecs.endpoint, LOG_LEVEL: 'error' };
  const { stdout } = await run(process.execPath, ['call.js'], { cwd: folder, env });
  // The log's lines come before it.
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

const http = (method: string, rawPath: string, body = '') => ({
  version: 'v1',
  rawPath,
  headers: {},
  queryParameters: {},
  body,
  isBase64Encoded: false,
  requestContext: { http: { method, path: rawPath, sourceIp: '127.0.0.1', userAgent: 'alone' } },
});

describe('a deployed folder, copied elsewhere', () => {
  it.each(FUNCTIONS)('loads: %s', async (name) => {
    expect(await answerOf(name, http('GET', '/healthz'), { requestId: 'R-1' })).toMatchObject(
      name === 'detach-key-pair' ? { statusCode: 200 } : { Code: 'MalformedBody' },
    );
  });

  it.each([
    ['/', '<!doctype html>'],
    ['/openapi.json', '"openapi":"3.1.0"'],
  ])('has what lies beside index.js: GET %s', async (page, content) => {
    expect(await answerOf('detach-key-pair', http('GET', page))).toMatchObject({
      statusCode: 200,
      body: expect.stringContaining(content),
    });
  });

  it('answers a request', async () => {
    const InstanceIds = cloud.ecs.bound();
    const body = JSON.stringify({ RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, InstanceIds });
    const answer = await answerOf('detach-key-pair', http('POST', '/', body), { credentials: cloud.ecs.credentials });
    expect(answer).toMatchObject({ statusCode: 200, body: expect.stringContaining('"FailCount":"0"') });
    expect(cloud.ecs.bound()).toEqual([]);
  });
});
