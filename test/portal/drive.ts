import type { Page } from 'playwright-core';
import type { LocalCloud } from '../../local-cloud/cloud.ts';

/** Step 1 with these ids, and the dry run. */
export async function lookAt(page: Page, cloud: LocalCloud, ids: readonly string[]): Promise<void> {
  await page.getByLabel('Region').fill(cloud.regionId);
  await page.getByLabel('Key pair').fill(cloud.keyPairName);
  // Chromium takes seconds to be typed a thousand lines; pasting them takes a moment, as one long line does.
  await page.getByLabel('Instance ids').fill(ids.join(' '));
  await page.getByRole('button', { name: 'Dry run' }).click();
}

/** Steps 2 and 3; waves if they are said. */
export async function confirm(page: Page, cloud: LocalCloud, waves?: { size: number; seconds: number }): Promise<void> {
  await page.getByRole('button', { name: /^Go on with/ }).click();
  if (waves) {
    await page.getByLabel('In waves').check();
    await page.getByLabel('Instances at a time').fill(String(waves.size));
    await page.getByLabel('Seconds between waves').fill(String(waves.seconds));
  }
  await page.getByLabel(`Type ${cloud.keyPairName} to confirm`).fill(cloud.keyPairName);
  await page.getByRole('button', { name: /^Take / }).click();
}

/** What a figure counts, by its words. */
export function figure(page: Page, what: string) {
  return page.locator('dl div', { has: page.getByText(what, { exact: true }) }).locator('dd');
}
