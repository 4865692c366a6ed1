import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { publicKeyFor } from '../../local-cloud/ecs/key-pairs.ts';
import { rebootTasks } from '../support/bundled-cloud.ts';
import { browsing, checkUntil } from './browsing.ts';
import { confirm, figure, lookAt } from './drive.ts';

const { open, openAnother } = browsing();

const NEVER_BACK = 10_000_000;
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const says = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

/** Moves the page's clock and the cloud's together. */
async function pass(page: Page, cloud: LocalCloud, ms: number): Promise<void> {
  cloud.clock.advance(ms);
  await page.clock.fastForward(ms);
}

describe('a leaked key in three regions', () => {
  it('is looked for by its public key, shown by place with what could not be read on top, and taken off 1,200 instances', async () => {
    const { page, cloud, detaches } = await open({ instances: 700 });
    for (const [region, count] of [
      ['cn-beijing', 400],
      ['us-west-1', 100],
    ] as const) {
      cloud.ecs.keyPairs.add(`imported-${region}`, region, { publicKey: publicKeyFor(cloud.keyPairName) });
      cloud.ecs.add(count, { regionId: region, keyPairName: `imported-${region}` });
    }
    cloud.ecs.keyPairs.add('hidden', 'eu-west-1', { publicKey: publicKeyFor(cloud.keyPairName) });
    cloud.ecs.onCall('DescribeKeyPairs', ({ parameters }) =>
      parameters['RegionId'] === 'eu-west-1' ? { kind: 'answer', status: 403, code: 'Forbidden.RAM' } : undefined,
    );
    await page.getByLabel('By its public key').check();
    await page.getByLabel('Public key', { exact: true }).fill('-----BEGIN OPENSSH PRIVATE KEY-----\nb3Bl');
    await says(page, 'That was a private key.');
    expect(await page.getByLabel('Public key', { exact: true }).inputValue()).toBe('');
    await page.getByLabel('Public key', { exact: true }).fill(publicKeyFor(cloud.keyPairName));
    await page.getByLabel('Several regions').check();
    for (const name of ['China (Hangzhou)', 'China (Beijing)', 'US (Silicon Valley)', 'UK (London)']) {
      await page.getByLabel(name, { exact: true }).check();
    }
    await button(page, 'Dry run').click();
    await button(page, 'Go on with 1,200 instances').waitFor();
    const rows = await page.locator('.places tbody tr').allTextContents();
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/eu-west-1.*Not read.*Forbidden\.RAM/);
    expect(await page.locator('.places').textContent()).toContain('1 of them could not be read');

    await button(page, /^Go on with/).click();
    await says(
      page,
      /Take leaked-key, imported-cn-beijing, imported-us-west-1 off 1,200 instances in cn-hangzhou, cn-beijing, us-west-1/,
    );
    await page.getByLabel('Type 1200 to confirm').fill('1200');
    await button(page, 'Take the key off 1,200 instances').click();
    await says(page, '1,200 of 1,200 instances detached, 0 failed.');
    expect(detaches().map(({ RegionId, InstanceIds }) => [RegionId, InstanceIds?.length])).toEqual([
      ['cn-hangzhou', 500],
      ['cn-hangzhou', 200],
      ['cn-beijing', 400],
      ['us-west-1', 100],
    ]);
    expect(cloud.ecs.bound()).toEqual([]);
    expect(cloud.ecs.bound('imported-cn-beijing')).toEqual([]);
    await says(page, '0 of 1,200 instances revoked.');
    const [download] = await Promise.all([page.waitForEvent('download'), button(page, 'Download CSV').click()]);
    expect(await readFile(await download.path(), 'utf8')).toMatch(
      /us-west-1,,imported-us-west-1,i-\w+,[^,]+,detached,200/,
    );
  });
});

describe('a rollout', () => {
  it('is followed to its end by itself, survives a reload, and is shown to a colleague in Chinese', async () => {
    const { page, cloud } = await open({ instances: 6, rebootSeconds: 65 }, { hasClock: true });
    await lookAt(page, cloud, cloud.ecs.bound());
    await confirm(page, cloud, { size: 2, seconds: 120 });
    await says(page, '0 of 6 instances revoked.');
    await says(page, 'The rest comes by itself: nothing to do.');
    await page.reload();
    await says(page, '6 of 6 instances detached');
    await says(page, 'Still coming: 6 instances in 3 queued tasks');
    await cloud.fc.drain();
    await pass(page, cloud, 600_000);
    await says(page, '6 of 6 instances revoked.');
    expect(await page.title()).toBe('✓ 6/6 – Detach a key pair');
    expect([await figure(page, 'restarted').textContent(), await figure(page, 'pending').textContent()]).toEqual([
      '6',
      '0',
    ]);

    await page.getByRole('link', { name: 'Open the verification' }).click();
    await page.getByRole('heading', { name: 'Verify a detach' }).waitFor();
    const { page: colleague } = await openAnother({ url: page.url(), locale: 'zh-CN' });
    await says(colleague, '6 台实例中，密钥已在 6 台上失效。');
    expect(await colleague.evaluate('document.documentElement.lang')).toBe('zh-CN');
    await button(colleague, 'English').click();
    await says(colleague, '6 of 6 instances revoked.');
  });

  it('whose restarts wait is stopped by one button, and finished by another', async () => {
    const { page, cloud, detaches } = await open({ instances: 6, rebootSeconds: 65 }, { hasClock: true });
    await lookAt(page, cloud, cloud.ecs.bound());
    await confirm(page, cloud, { size: 2, seconds: 3_600 });
    await says(page, '0 of 6 instances revoked.');
    // They are queued side by side: the first one due may be any of them.
    await expect.poll(() => rebootTasks(cloud).filter(({ status }) => status === 'Succeeded').length).toBe(1);
    await button(page, /^Stop what waits/).click();
    await says(page, /2 stopped, \d already running, \d finished before/);
    await says(page, '4 instances will not restart by themselves');
    await button(page, 'Finish these 4').click();
    await says(page, /Still coming: [46] instances in [23] queued tasks/);
    expect(detaches()).toMatchObject([{}, { DetachedSince: expect.any(String), Reboot: { BatchSize: 2 } }]);
    expect(detaches()[1]?.InstanceIds).toHaveLength(4);
    await cloud.fc.drain();
    await pass(page, cloud, 3 * 3_600_000);
    await checkUntil(page, '6 of 6 instances revoked.');
    expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual(Array(6).fill(1));
  });

  it('that halts says so, and is finished when what was wrong is mended', async () => {
    const seeds = Array.from({ length: 6 }, (_, k) =>
      k === 0 ? { rebootSeconds: NEVER_BACK } : { rebootSeconds: 65 },
    );
    const { page, cloud, detaches } = await open({ instances: seeds }, { hasClock: true });
    await lookAt(page, cloud, cloud.ecs.bound());
    await confirm(page, cloud, { size: 2, seconds: 60, maxErrors: '0' });
    await says(page, '0 of 6 instances revoked.');
    expect(detaches()[0]).toMatchObject({ Reboot: { MaxErrors: 0, HealthTimeoutSeconds: 600, Ready: 'Running' } });
    await cloud.fc.drain();
    await pass(page, cloud, 1_200_000);
    await checkUntil(page, '4 instances will not restart by themselves');
    await says(page, `1 instance did not come back: name-of-${cloud.ecs.instances()[0]?.instanceId}`);
    expect(cloud.ecs.instances().map(({ reboots }) => reboots.length)).toEqual([1, 1, 0, 0, 0, 0]);

    cloud.ecs.setStatus(cloud.ecs.instances()[0]?.instanceId ?? '', 'Running');
    const before = rebootTasks(cloud).length;
    await button(page, /^Finish these \d/).click();
    await expect.poll(() => detaches().length).toBe(2);
    await button(page, 'Download CSV').waitFor();
    expect(rebootTasks(cloud).length).toBeGreaterThan(before);
    await cloud.fc.drain();
    await pass(page, cloud, 1_200_000);
    await checkUntil(page, '6 of 6 instances revoked.');
  });

  it('over several places is one request, whose halt in one place is a halt everywhere', async () => {
    const seeds = [{ rebootSeconds: NEVER_BACK }, { rebootSeconds: 65 }, { rebootSeconds: 65 }];
    const { page, cloud, detaches } = await open({ instances: seeds }, { hasClock: true });
    cloud.ecs.keyPairs.add(cloud.keyPairName, 'us-west-1', { publicKey: publicKeyFor(cloud.keyPairName) });
    cloud.ecs.add(3, { regionId: 'us-west-1', keyPairName: cloud.keyPairName });
    await page.getByLabel('Key pair', { exact: true }).fill(cloud.keyPairName);
    await page.getByLabel('Several regions').check();
    for (const name of ['China (Hangzhou)', 'US (Silicon Valley)']) {
      await page.getByLabel(name, { exact: true }).check();
    }
    await button(page, 'Dry run').click();
    await confirm(page, cloud, { size: 2, seconds: 60, maxErrors: '0' });
    await says(page, '6 of 6 instances detached, 0 failed.');
    await says(page, 'By wave (4) and by place (2)');
    expect(detaches()).toMatchObject([
      { RegionId: ['cn-hangzhou', 'us-west-1'], Filter: {}, Reboot: { MaxErrors: 0 } },
    ]);
    await cloud.fc.drain();
    await pass(page, cloud, 1_200_000);
    await checkUntil(page, '4 instances will not restart by themselves');
    const rebooted = cloud.ecs.instances().filter(({ reboots }) => reboots.length > 0);
    expect(rebooted.map(({ regionId }) => regionId)).toEqual(['cn-hangzhou', 'cn-hangzhou']);
  });
});

describe('online removal', () => {
  it('shows before it is begun where the agent of Cloud Assistant answers, and afterwards what a read-back has proven', async () => {
    const { page, cloud } = await open({
      instances: [{}, {}, { status: 'Stopped' }],
      remove: { maxAsyncRetryAttempts: 0 },
    });
    const [first = '', second = ''] = cloud.ecs.bound();
    // So that the read-back is not of the second of the detach.
    cloud.ecs.assistant.setAgent(first, { delayMs: 3_000 });
    cloud.ecs.assistant.setAgent(second, { reports: false });
    await lookAt(page, cloud, cloud.ecs.bound());
    await button(page, /^Go on with/).click();
    await page.getByLabel('Online, without a restart').check();
    await figure(page, 'agent: Offline').waitFor();
    const states = ['Reachable', 'Offline', 'Stopped'].map((state) => figure(page, `agent: ${state}`).textContent());
    expect(await Promise.all(states)).toEqual(['1', '1', '1']);
    await button(page, 'Change: Dry run').click();
    await page.getByLabel('Look for').fill('offline');
    await page.getByText('1 of 3').waitFor();
    expect(await page.locator('.canvas').textContent()).toContain(second);

    await button(page, /^Go on with/).click();
    await page.getByLabel('Online, without a restart').check();
    await page.getByLabel('Type leaked-key to confirm').fill(cloud.keyPairName);
    await button(page, /^Take /).click();
    await says(page, '3 of 3 instances detached');
    await cloud.fc.drain();
    await checkUntil(page, '1 of 3 instances revoked.');
    expect(
      await Promise.all(['removed online', 'restarted', 'pending'].map((what) => figure(page, what).textContent())),
    ).toEqual(['1', '0', '2']);
  });
});
