import { mkdir } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { launchChromium } from './chromium.ts';
import { confirm, lookAt } from './drive.ts';

const FOLDER = 'docs/images';
const ADDRESS = 'https://detach.example.com/';
const NOW = new Date('2026-11-24T08:00:00Z');

/** The portal as it is, against the local cloud: docs/images/portal-*.png, made anew. */
async function main(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const browser = await launchChromium();
  try {
    await desktop(browser);
    await small(browser);
  } finally {
    await browser.close();
  }
}

async function desktop(browser: Browser): Promise<void> {
  const { page, cloud } = await openPage(browser, { width: 1000, height: 760 });
  const ids = cloud.ecs.bound();
  await lookAt(page, cloud, [...ids, 'i-bp1gone0000000000001', 'i-bp1gone0000000000002']);
  await page.getByRole('button', { name: /^Go on with/ }).waitFor();
  await shoot(page, 'dry-run');
  await page.getByRole('button', { name: /^Go on with/ }).click();
  await page.getByLabel('Restart', { exact: true }).check();
  await page.getByLabel('Instances at a time').fill('50');
  await page.getByLabel('Seconds between waves').fill('40');
  await page.getByLabel('Type leaked-key to confirm').fill('leaked-k');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'restarts');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByLabel('Type leaked-key to confirm').fill('leaked-key');
  await page.getByRole('button', { name: /^Take / }).click();
  await page.getByText('As of').waitFor();
  await shoot(page, 'result');
  await cloud.stop();
}

async function small(browser: Browser): Promise<void> {
  const { page, cloud } = await openPage(browser, { width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await lookAt(page, cloud, cloud.ecs.bound());
  await confirm(page, cloud, { size: 50, seconds: 40 });
  await page.getByText('As of').waitFor();
  await shoot(page, 'small');
  await cloud.stop();
}

/** The page under an address that a team could have given it. */
async function openPage(browser: Browser, viewport: { width: number; height: number }) {
  const cloud = await bundledCloud({
    instances: 1_200,
    detach: { environment: { CORS_ALLOWED_ORIGINS: 'https://detach.example.com' } },
  });
  cloud.ecs.permissions.denyInstances(cloud.ecs.bound().slice(700, 703));
  const context = await browser.newContext({ viewport, timezoneId: 'UTC', locale: 'en-GB', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.route(`${ADDRESS}**`, async (route) =>
    route.fulfill({ response: await route.fetch({ url: cloud.fc.triggerUrl }) }),
  );
  await page.clock.setFixedTime(NOW);
  await page.goto(ADDRESS);
  return { page, cloud } satisfies { page: Page; cloud: LocalCloud };
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate('document.activeElement?.blur()');
  await page.screenshot({ path: `${FOLDER}/portal-${name}.png`, fullPage: true });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
