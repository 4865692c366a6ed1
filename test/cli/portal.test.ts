import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../portal/chromium.ts';
import { confirm, lookAt } from '../portal/drive.ts';
import { programs } from './program.ts';

const { open, begin } = programs();
let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser.close());

/** The portal of a signed trigger → the address that was printed. */
async function started(trigger: string): Promise<{ link: string; child: ReturnType<typeof begin> }> {
  const child = begin(['portal', '--url', trigger, '--no-open']);
  const text = await child.says(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
  return { link: /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(text)?.[0] ?? '', child };
}

test('a browser detaches through the portal of a trigger that wants a signature', async () => {
  const cloud = await open({ instances: 3, triggerAuth: 'function' });
  const { link, child } = await started(cloud.fc.triggerUrl);
  const page = await browser.newPage({ locale: 'en-US' });
  page.setDefaultTimeout(60_000);
  await page.goto(link);
  expect(page.url()).not.toContain('token');
  await lookAt(page, cloud, cloud.ecs.bound());
  await confirm(page, cloud);
  await page.getByRole('button', { name: 'Download CSV' }).waitFor();
  expect(cloud.ecs.bound()).toEqual([]);

  // The link was used up; this browser's cookie goes on.
  const other = await browser.newContext();
  const stolen = await other.newPage();
  expect((await stolen.goto(link))?.status()).toBe(403);
  expect((await page.reload())?.status()).toBe(200);
  await page.close();
  await other.close();
  child.process.kill('SIGINT');
  expect(await child.ended).toMatchObject({ code: 130, stdout: '' });
});

test('passes nothing on without its cookie, its Host and its Origin', async () => {
  const cloud = await open({ instances: 1, triggerAuth: 'function' });
  const { link } = await started(cloud.fc.triggerUrl);
  const { origin } = new URL(link);
  const first = await fetch(link, { redirect: 'manual' });
  expect(first.status).toBe(303);
  const setCookie = first.headers.get('set-cookie') ?? '';
  expect(setCookie).toMatch(/HttpOnly; SameSite=Strict/);
  const [cookie = ''] = setCookie.split(';');
  const body = JSON.stringify({ RegionId: cloud.regionId, KeyPairName: cloud.keyPairName, Filter: {} });
  const post = (headers: Record<string, string>) => fetch(`${origin}/`, { method: 'POST', body, headers });

  expect((await post({ origin })).status).toBe(403);
  expect((await post({ cookie })).status).toBe(403);
  expect((await post({ cookie, origin: 'https://evil.example' })).status).toBe(403);
  expect((await rawGet(origin, { host: 'evil.example', cookie })).status).toBe(421);
  expect(cloud.ecs.bound()).toHaveLength(1);
  expect((await post({ cookie, origin })).status).toBe(200);
  expect(cloud.ecs.bound()).toEqual([]);
});

/** `fetch` says its own Host. */
async function rawGet(origin: string, headers: Record<string, string>): Promise<{ status: number }> {
  const { request } = await import('node:http');
  return new Promise((resolve, reject) => {
    request(`${origin}/`, { headers }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    })
      .on('error', reject)
      .end();
  });
}
