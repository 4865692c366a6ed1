import type { Page } from 'playwright-core';
import type { LocalCloud } from '../../local-cloud/cloud.ts';

/** Step 1 with these ids, and the dry run. */
export async function lookAt(page: Page, cloud: LocalCloud, ids: readonly string[]): Promise<void> {
  await choose(page, cloud);
  // Chromium takes seconds to be typed a thousand lines; pasting them takes a moment, as one long line does.
  await page.getByLabel('Instance ids').fill(ids.join(' '));
  await page.getByRole('button', { name: 'Dry run' }).click();
}

/** The region and the key pair of step 1. */
export async function choose(page: Page, cloud: LocalCloud): Promise<void> {
  await page.getByLabel('Region', { exact: true }).selectOption(cloud.regionId);
  await page.getByLabel('Key pair', { exact: true }).fill(cloud.keyPairName);
}

/** Steps 2 and 3; waves if they are said. */
export async function confirm(
  page: Page,
  cloud: LocalCloud,
  waves?: { size: number; seconds: number; maxErrors?: string },
): Promise<void> {
  await page.getByRole('button', { name: /^Go on with/ }).click();
  if (waves) {
    await page.getByLabel('Restart', { exact: true }).check();
    await page.getByLabel('Instances at a time').fill(String(waves.size));
    await page.getByLabel('Seconds between waves').fill(String(waves.seconds));
  }
  if (waves?.maxErrors !== undefined) {
    await page.getByLabel('Stop when instances do not come back').check();
    await page.getByLabel('May stay down').fill(waves.maxErrors);
  }
  await page.getByLabel(/^Type .* to confirm$/).fill(cloud.keyPairName);
  await page.getByRole('button', { name: /^Take / }).click();
}

/** What a figure counts, by its words. */
export function figure(page: Page, what: string) {
  return page
    .locator('dl div', { has: page.getByText(what, { exact: true }) })
    .locator('dd')
    .first();
}
