import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { proofHash } from '../../portal/core/link.ts';
import { type Executable, launchChromium, startChromium } from '../portal/chromium.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { type Gateway, startGateway } from './gateway.ts';

let cloud: LocalCloud;
let gateway: Gateway;
let ids: string[];

beforeAll(async () => {
  cloud = await bundledCloud({ instances: 3 });
  ids = cloud.ecs.bound();
});
afterAll(() => cloud.stop());
afterEach(() => gateway.stop());

const link = () =>
  `/?${new URLSearchParams({
    Action: 'DetachKeyPair',
    RegionId: cloud.regionId,
    KeyPairName: cloud.keyPairName,
    Filter: '{}',
    Reboot: '{"ForceReboot":true}',
  })}`;

function expectNothingDone(): void {
  expect(cloud.ecs.bound()).toEqual(ids);
  expect(cloud.fc.tasks).toEqual([]);
}

describe('a link that a mail program opens, in a browser that is signed in at the gateway', () => {
  let profile: string;
  let opened: ChildProcess | undefined;
  beforeEach(async () => {
    profile = await mkdtemp(path.join(tmpdir(), 'profile-'));
    gateway = await startGateway(cloud, { by: 'cookie' });
  });
  afterEach(async () => {
    if (opened?.kill('SIGKILL')) await once(opened, 'exit');
    await rm(profile, { recursive: true, force: true, maxRetries: 20 });
  });

  const signIn = (origin: string) =>
    startChromium(async (options) => {
      const withNames = { ...options, args: [...options.args, '--host-resolver-rules=MAP detach.example 127.0.0.1'] };
      const context = await chromium.launchPersistentContext(profile, withNames);
      const page = await context.newPage();
      await page.goto(`${origin}/login`);
      await context.close();
      return withNames;
    });

  /** As the mail program does it: the browser is started with the address. */
  function open({ args, executablePath, env }: Executable, url: string): ChildProcess {
    const flags = ['--headless', `--user-data-dir=${profile}`, '--password-store=basic', '--use-mock-keychain'];
    const all = [...args, ...flags, '--remote-debugging-port=0', url];
    return spawn(executablePath, all, { stdio: 'ignore', ...(env && { env }) });
  }

  it.each([
    ['an address of which browsers say where a request comes from', '127.0.0.1', 'none'],
    ['a name over plain http, where browsers say nothing of that', 'detach.example', undefined],
  ])('does nothing at %s', async (_, host, site) => {
    const origin = `http://${host}:${gateway.port}`;
    const browser = await signIn(origin);
    const answered = gateway.answered('/?Action');
    opened = open(browser, `${origin}${link()}`);
    expect(await answered).toBe(403);
    const { headers } = gateway.seen.find(({ url }) => url.startsWith('/?Action')) ?? {};
    expect(headers).toMatchObject({ cookie: 'session=known' });
    expect([headers?.['sec-fetch-site'], headers?.origin]).toEqual([site, undefined]);
    expectNothingDone();
  });
});

it.each([
  [
    'by fetch, a Blob without a type',
    "fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body: new Blob([body]) })",
  ],
  ['by fetch, as text', "fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body })"],
  ['by a beacon', 'navigator.sendBeacon(url, new Blob([body]))'],
  [
    'by a form',
    `const form = document.createElement('form');
     Object.assign(form, { method: 'POST', action: url });
     for (const [name, value] of Object.entries(JSON.parse(body))) {
       const field = document.createElement('input');
       Object.assign(field, { name, value: typeof value === 'string' ? value : JSON.stringify(value) });
       form.append(field);
     }
     document.body.append(form);
     form.submit()`,
  ],
  ['by an image', 'new Image().src = url + link'],
  ['by a frame', "Object.assign(document.body.appendChild(document.createElement('iframe')), { src: url + link })"],
])(
  'a page of another site that a person looks at does nothing, %s, where the gateway knows that person by the network',
  async (_, send) => {
    gateway = await startGateway(cloud, { by: 'address' });
    const elsewhere = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<p>cats</p>'),
    );
    elsewhere.listen(0, '127.0.0.1');
    await once(elsewhere, 'listening');
    const address = elsewhere.address();
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(`http://localhost:${typeof address === 'object' ? address?.port : 0}/`);
      const body = JSON.stringify({
        RegionId: cloud.regionId,
        KeyPairName: cloud.keyPairName,
        Filter: {},
        Reboot: true,
      });
      const answered = gateway.answered('/');
      await page.evaluate(
        `{ const url = ${JSON.stringify(`${gateway.origin}/`)}, link = ${JSON.stringify(link().slice(1))}, body = ${JSON.stringify(body)}; ${send}; }`,
      );
      expect(await answered).toBe(403);
      expect(gateway.seen.at(-1)?.headers['sec-fetch-site']).toBe('cross-site');
      expectNothingDone();
    } finally {
      await browser.close();
      elsewhere.close();
    }
  },
);

it("the function's own page may detach through the gateway", async () => {
  gateway = await startGateway(cloud, { by: 'address' });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.goto(gateway.origin);
    const body = JSON.stringify({ RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, InstanceIds: ids });
    const status = await page.evaluate(
      `fetch('/', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(body)} }).then((response) => response.status)`,
    );
    expect(status).toBe(200);
    expect(cloud.ecs.bound()).toEqual([]);
  } finally {
    await browser.close();
  }
});

it('an address that another page changes verifies once by itself, and again after a click', async () => {
  gateway = await startGateway(cloud, { by: 'address' });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const verifications = () => gateway.seen.filter(({ method }) => method === 'POST').length;
    const target = { regionId: cloud.regionId, keyPairName: cloud.keyPairName, roleArn: '' };
    // How many instances it is about tells when its page is the one that is shown.
    const goTo = async (instances: number, groups = 1) => {
      const since = Date.now() - 60_000;
      const ids = Array.from({ length: instances }, (_, k) => `i-bp1a${k}`);
      const all = Array.from({ length: groups }, (_, k) => ({
        target,
        since: since + k,
        ids: k === 0 ? ids : ids.slice(0, 1),
      }));
      const hash = await proofHash({ groups: all });
      await page.evaluate(`location.replace(${JSON.stringify(hash)})`);
      await page.getByText(`: ${instances + groups - 1} instance`).waitFor();
    };
    // What the page has sent by then stands before these in the browser's queue.
    const settled = () =>
      page.evaluate("fetch('/healthz').then((one) => one.text()).then(() => fetch('/healthz')).then(() => {})");
    await page.goto(gateway.origin);
    for (let n = 1; n <= 20; n++) await goTo(n);
    await expect.poll(verifications, { timeout: 60_000 }).toBe(1);
    await settled();
    expect(verifications()).toBe(1);
    await page.getByRole('heading', { name: 'Verify a detach' }).click();
    await goTo(30);
    await goTo(31);
    await expect.poll(verifications, { timeout: 60_000 }).toBe(2);
    await settled();
    expect(verifications()).toBe(2);
    await page.getByRole('heading', { name: 'Verify a detach' }).click();
    await goTo(32, 101);
    await settled();
    expect(verifications()).toBe(2);
  } finally {
    await browser.close();
  }
});
