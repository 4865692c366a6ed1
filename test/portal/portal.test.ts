import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { buildPage } from '../../build/portal-page.ts';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { rebootTasks } from '../support/bundled-cloud.ts';
import { browsing, checkUntil, type Sent } from './browsing.ts';
import { choose, confirm, figure, lookAt } from './drive.ts';

const { open, openAnother } = browsing();

const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const over = (page: Page) => button(page, 'Download CSV').waitFor();
const counts = (page: Page, ...what: string[]) => Promise.all(what.map((name) => figure(page, name).textContent()));
/** The parts of the job that requests name in their tokens. */
const partsOf = (sent: readonly Sent[]) => sent.map(({ ClientToken }) => ClientToken?.split('.')[1]);

/** When the waves are due, in order: those of one request are queued side by side, and count from the first of them. */
function dueTimes(cloud: LocalCloud): number[] {
  const tasks = rebootTasks(cloud).map((task) => ({ ...task, request: JSON.parse(task.payload).SourceRequestId }));
  const from = new Map<string, number>();
  for (const { request, enqueuedAt } of tasks) {
    from.set(request, Math.min(enqueuedAt, from.get(request) ?? enqueuedAt));
  }
  return tasks
    .map(({ request, delaySeconds }) => (from.get(request) ?? 0) + delaySeconds * 1_000)
    .sort((one, other) => one - other);
}

describe('the portal', () => {
  it('takes a key pair off 1,200 instances of which 5 are bad, restarts them in waves, and proves it', async () => {
    // A restart within the minute of the detach would prove nothing.
    const { page, cloud, detaches } = await open({ instances: 1_198, rebootSeconds: 65 });
    const ids = cloud.ecs.bound();
    const gone = ['i-bp1nosuchinstance01', 'i-bp1nosuchinstance02'];
    const locked = [ids[10], ids[600], ids[1_100]].flatMap((id) => id ?? []);
    const fail = { which: locked, code: 'InstanceLockedForSecurity' };
    cloud.ecs.onCall('DetachKeyPair', () => ({ kind: 'items', fail }));

    await lookAt(page, cloud, ['web-01', ...ids, 'Running', ...gone, ids[0] ?? '']);
    await page.getByText('Remove it first: nothing is left out silently.').waitFor();
    expect(await page.getByText('1,200 instances · 1 repeat counts once').isVisible()).toBe(true);
    await button(page, 'Remove web-01').click();
    await button(page, 'Remove it').click();
    await button(page, 'Dry run').click();
    await page.getByText('2 instances left out.').waitFor();
    expect(await counts(page, 'would be detached', 'would not')).toEqual(['1,198', '2']);
    await page.getByLabel(/^Not found: send these 2/).check();

    await confirm(page, cloud, { size: 100, seconds: 150 });
    await over(page);
    expect(detaches().map(({ InstanceIds }) => InstanceIds?.length)).toEqual([500, 500, 200]);
    expect(await counts(page, 'detached', 'failed')).toEqual(['1,195', '5']);
    expect(cloud.ecs.bound()).toEqual(locked);

    cloud.ecs.onCall('DetachKeyPair', undefined);
    await button(page, 'Try the 3 failed again').click();
    await page.getByText('1,198 of 1,200 instances detached, 2 failed.').first().waitFor();
    // Of ids that do not exist no try makes instances.
    await page.getByText('No other try helps 2 instances').waitFor();
    expect(await button(page, /^Try the/).count()).toBe(0);
    expect(detaches()[3]?.InstanceIds).toHaveLength(3);
    expect(await counts(page, 'detached', 'failed')).toEqual(['1,198', '2']);
    expect(cloud.ecs.bound()).toEqual([]);

    const due = dueTimes(cloud);
    const gaps = due.flatMap((at, k) => (k === 0 ? [] : at - (due[k - 1] ?? 0)));
    expect(gaps).toHaveLength(12);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(150_000);

    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download CSV').click()]);
    const csv = await readFile(await download.path(), 'utf8');
    expect(csv.split('\r\n')).toHaveLength(1_202);
    expect(csv).toContain(`cn-hangzhou,,leaked-key,${gone[0]},,failed,InvalidInstanceIds.ValueNotSupported,`);

    // It follows by itself.
    await page.getByText('As of').waitFor();
    await page.getByText('0 of 1,198 instances revoked.').first().waitFor();
    expect(await counts(page, 'restarted', 'pending', 'halted')).toEqual(['0', '1,198', '0']);
    await cloud.fc.drain();
    cloud.clock.advance(120_000);
    expect(cloud.maxDownAtOnce()).toBeLessThanOrEqual(100);
    await checkUntil(page, '1,198 of 1,198 instances revoked.');
    await page.getByText('Nothing is left to do.').waitFor();
    expect(await page.title()).toBe('✓ 1,198/1,198 – Detach a key pair');

    // The link is all it takes, in a browser that knows nothing of the run; it looks once by itself.
    await page.getByRole('link', { name: 'Open the verification' }).click();
    await page.getByRole('heading', { name: 'Verify a detach' }).waitFor();
    const { page: another } = await openAnother({ url: page.url() });
    await another.getByText(/leaked-key in cn-hangzhou: 1,198 instances, detached by/).waitFor();
    await another.getByText('1,198 of 1,198 instances revoked.').first().waitFor();
    expect(await counts(another, 'restarted', 'pending')).toEqual(['1,198', '0']);
  });

  it('reads a list of lines that is pasted', async () => {
    const { page, cloud } = await open({ instances: 1_200 }, { permissions: ['clipboard-read', 'clipboard-write'] });
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(cloud.ecs.bound().join('\r\n'))})`);
    await page.getByLabel('Instance ids').focus();
    await page.keyboard.press('ControlOrMeta+V');
    await page.getByText('1,200 instances', { exact: true }).waitFor();
  });

  it('stops between requests and goes on, or ends there and goes on later', async () => {
    const { page, cloud, detaches, hold } = await open({ instances: 1_200 });
    const first = hold(0);
    await lookAt(page, cloud, cloud.ecs.bound());
    await confirm(page, cloud);
    await first.arrived;
    await button(page, 'Stop after this request').click();
    first.release();
    await page.getByText('No request of this page is under way. 700 instances left to detach.').waitFor();
    expect(partsOf(detaches())).toEqual(['0']);

    const second = hold(1);
    await button(page, 'Go on').click();
    await second.arrived;
    await button(page, 'Stop after this request').click();
    second.release();
    await button(page, 'End it here').click();
    expect(await counts(page, 'detached', 'left')).toEqual(['1,000', '200']);

    await button(page, 'Go on with 200 instances').click();
    await over(page);
    expect(partsOf(detaches())).toEqual(['0', '1', '2']);
    expect(cloud.ecs.bound()).toEqual([]);
  });

  it('waits for another token when the one it has expires in the middle', async () => {
    const bearer = ['first'];
    const { html } = await buildPage();
    const opened = await open({ instances: 1_200, triggerAuth: { bearer } }, { html });
    const { page, cloud, detaches, hold } = opened;
    const alert = page.getByRole('alert');
    await lookAt(page, cloud, cloud.ecs.bound());
    await alert.getByText('401 AccessDenied').waitFor();
    expect(await alert.textContent()).toMatch(/required HTTP header Authorization was not specified.*RequestId \S+/);
    await alert.getByLabel('Bearer token').fill('first');
    await button(page, 'Check again').click();

    const second = hold(1);
    await confirm(page, cloud, { size: 100, seconds: 0 });
    await second.arrived;
    bearer[0] = 'second';
    second.release();
    await alert.getByText('403 AccessDenied').waitFor();
    expect(await alert.textContent()).toMatch(/the token is not valid.*RequestId \S+/);
    await alert.getByLabel('Bearer token').fill('second');
    await page.keyboard.press('Enter');
    await over(page);
    expect(partsOf(detaches())).toEqual(['0', '1', '1', '2']);
    expect(await counts(page, 'detached')).toEqual(['1,200']);
    expect(rebootTasks(cloud)).toHaveLength(12);

    const kept = 'JSON.stringify([{ ...sessionStorage }, { ...localStorage }, location.href, document.cookie])';
    expect(await page.evaluate(kept)).not.toMatch(/first|second/);
  });

  it('shows a refusal of the function in its own words, and asks for no token', async () => {
    const { page, cloud, detaches } = await open({
      instances: 1,
      detach: { environment: { ALLOWED_KEY_PAIRS: 'others-*' } },
    });
    await lookAt(page, cloud, cloud.ecs.bound());
    const alert = page.getByRole('alert');
    await alert.getByText('403 Forbidden.KeyPairName').waitFor();
    expect(await alert.textContent()).toMatch(/leaked-key.*RequestId \S+/);
    expect(await alert.getByLabel('Bearer token').count()).toBe(0);
    expect(detaches()).toEqual([]);
  });

  it('goes on after a reload in the middle, and does nothing twice', async () => {
    const { page, cloud, detaches, hold } = await open({ instances: 1_200 });
    const second = hold(1);
    await lookAt(page, cloud, cloud.ecs.bound());
    await confirm(page, cloud, { size: 100, seconds: 0 });
    await second.arrived;
    // The request gets through, its answer does not get back.
    const body = JSON.stringify(detaches()[1]);
    await fetch(cloud.fc.triggerUrl, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await page.reload();
    await page.getByRole('heading', { name: 'loaded again in the middle' }).waitFor();
    second.release();
    const bar = page.getByRole('progressbar');
    expect(await bar.getAttribute('aria-valuetext')).toBe('500 of 1,200 instances done, 0 failed');
    await button(page, 'Go on').click();
    await over(page);
    expect(JSON.stringify(detaches()[2])).toBe(body);
    expect(partsOf(detaches())).toEqual(['0', '1', '1', '2']);
    expect(await counts(page, 'detached')).toEqual(['1,200']);
    // What had restarted by the second time is in no task of it: the sets differ, and every instance is in one at least.
    const restarted = rebootTasks(cloud).flatMap(({ payload }) => JSON.parse(payload).InstanceIds);
    expect(new Set(restarted).size).toBe(1_200);

    await page.reload();
    await over(page);
    expect(await counts(page, 'detached')).toEqual(['1,200']);
    expect(detaches()).toHaveLength(4);

    // The browser remembers it, until it is told to forget.
    await button(page, 'Another detach').click();
    await page.getByRole('link', { name: 'Verify an earlier detach' }).click();
    const earlier = page.getByRole('link', { name: /^leaked-key in cn-hangzhou: 1,200 instances, detached by/ });
    await earlier.click();
    await page.getByText('0 of 1,200 instances revoked.').first().waitFor();
    await page.getByRole('link', { name: 'Verify an earlier detach' }).click();
    await button(page, 'Forget them').click();
    await earlier.waitFor({ state: 'detached' });
  });

  it('finds instances by their key pair and tags, and sends those that the dry run found', async () => {
    const web = { tags: { team: 'web' } };
    const { page, cloud, detaches } = await open({ instances: [web, { tags: { team: 'db' } }, web] });
    const [first, , third] = cloud.ecs.bound();
    await choose(page, cloud);
    await page.getByLabel('Every instance that has the key pair').check();
    await button(page, 'Add a tag').click();
    await page.getByLabel('Tag', { exact: true }).fill('team');
    await page.getByLabel('Value', { exact: true }).fill('web');
    await button(page, 'Dry run').click();
    await button(page, 'Go on with 2 instances').waitFor();
    cloud.ecs.add([web]);
    await confirm(page, cloud);
    await over(page);
    expect(detaches().map(({ InstanceIds }) => InstanceIds)).toEqual([[first, third]]);
    expect(cloud.ecs.bound()).toHaveLength(2);
  });

  it('filters and sorts ten thousand rows at once, and holds few of them', async () => {
    const { page, cloud } = await open({ instances: 10_000 });
    await choose(page, cloud);
    await page.getByLabel('Every instance that has the key pair').check();
    await button(page, 'Dry run').click();
    await button(page, 'Go on with 10,000 instances').waitFor();
    const table = page.getByRole('table');
    expect(await table.getAttribute('aria-rowcount')).toBe('10001');
    expect(await table.getByRole('row').count()).toBeLessThan(40);

    // Each is drawn by touching the rows that are seen, not all of them.
    const most: unknown = await page.evaluate(`(async () => {
      const heading = document.querySelector('[role=columnheader].id button');
      const search = document.querySelector('input[type=search]');
      const type = (text) => { search.value = text; search.dispatchEvent(new Event('input')); };
      let changed = 0;
      const changes = new MutationObserver((records) => { changed += records.length; });
      changes.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      const drawn = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      const counts = [];
      for (const work of [() => heading.click(), () => heading.click(), () => type('bp1a'), () => type('')]) {
        changed = 0;
        work();
        await drawn();
        counts.push(changed);
      }
      return Math.max(...counts);
    })()`);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(1_000);

    const last = cloud.ecs.bound().sort()[0] ?? '';
    await page.evaluate("document.querySelector('.viewport').scrollTo(0, 1e9)");
    await table.getByText(last, { exact: true }).waitFor();
    await page.getByLabel('Look for').fill(last);
    await page.getByText('1 of 10,000').waitFor();
    expect(await table.getByRole('row').count()).toBe(2);
  });

  it('works from a saved file, with the address of the function typed in', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'portal-'));
    const file = path.join(folder, 'portal.html');
    await writeFile(file, (await buildPage()).html);
    const { page, cloud } = await open(
      { instances: 2, detach: { environment: { CORS_ALLOWED_ORIGINS: '*' } } },
      { url: pathToFileURL(file).href },
    );
    const address = page.getByLabel('Address of the function');
    await address.fill('http://function.example.com/');
    await lookAt(page, cloud, cloud.ecs.bound());
    await page.getByText('https://… as the trigger or the custom domain has it.').waitFor();
    await address.fill(cloud.fc.triggerUrl);
    await button(page, 'Dry run').click();
    await confirm(page, cloud);
    await over(page);
    expect(cloud.ecs.bound()).toEqual([]);
    await rm(folder, { recursive: true });
  });
});
