import axe from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browsing } from './browsing.ts';
import { confirm, lookAt } from './drive.ts';

const { open } = browsing();

type Rule = { readonly id: string; readonly nodes: readonly { readonly target: unknown }[] };
type Found = { readonly violations: readonly Rule[]; readonly passes: readonly Rule[] };

/** What axe finds, with the colours of both schemes. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    // Between the schemes only colours differ, and a whole look takes a second.
    const rules = colorScheme === 'light' ? '{}' : "{ runOnly: ['color-contrast'] }";
    const result: Found = await page.evaluate(`axe.run(document, ${rules})`);
    expect(result.passes).not.toEqual([]);
    for (const { id, nodes } of result.violations) {
      found.push(...nodes.map(({ target }) => `${colorScheme}: ${id} at ${String(target)}`));
    }
  }
  return found;
}

describe('the portal is accessible', () => {
  it('has no axe violation at any step, in either colour scheme', async () => {
    const { page, cloud, hold } = await open({ instances: 600 });
    await page.evaluate(axe.source);
    const ids = cloud.ecs.bound();
    cloud.ecs.onCall('DetachKeyPair', () => ({
      kind: 'items',
      fail: { which: 'first', code: 'InstanceLockedForSecurity' },
    }));
    const said: Record<string, string[]> = {};

    await lookAt(page, cloud, [...ids, 'web-01', 'i-bp1nosuchinstance01']);
    await page.getByText('Remove it first: nothing is left out silently.').waitFor();
    said['choosing'] = await violations(page);
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByLabel('Every instance that has the key pair').check();
    await page.getByRole('button', { name: 'Add a tag' }).click();
    await page.locator('.connection summary').click();
    said['choosing by tags'] = await violations(page);
    await page.getByLabel('Several regions').check();
    await page.locator('details.more summary').first().click();
    said['choosing regions and accounts'] = await violations(page);
    await page.getByLabel('One region').check();
    await page.getByLabel('These').check();
    await page.getByRole('button', { name: 'Dry run' }).click();
    await page.getByRole('button', { name: 'Go on with 600 instances' }).waitFor();
    said['dry run'] = await violations(page);
    await page.getByRole('button', { name: 'Go on with 600 instances' }).click();
    await page.getByLabel('Online, and restart only where needed').check();
    await page.getByLabel('Stop when instances do not come back').check();
    said['restarts'] = await violations(page);
    await page.getByRole('button', { name: 'Change: Dry run' }).click();
    const first = hold(0);
    await confirm(page, cloud, { size: 10, seconds: 20 });
    await first.arrived;
    said['running'] = await violations(page);
    await page.getByRole('button', { name: 'Stop after this request' }).click();
    first.release();
    await page.getByRole('heading', { name: 'No more instances are being detached' }).waitFor();
    said['stopped'] = await violations(page);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('button', { name: 'Download CSV' }).waitFor();
    said['result'] = await violations(page);
    await page.setViewportSize({ width: 360, height: 700 });
    said['result on a small screen'] = await violations(page);
    await page.getByRole('button', { name: '中文' }).click();
    said['result in Chinese'] = await violations(page);
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Open the verification' }).click();
    await page.locator('.verify').getByRole('button', { name: 'Check again' }).waitFor();
    said['verification'] = await violations(page);
    await page.evaluate("location.hash = '#verify?'");
    await page.getByLabel('Detached by').waitFor();
    said['verification without a link'] = await violations(page);

    expect(said).toEqual(Object.fromEntries(Object.keys(said).map((step) => [step, []])));
  });

  it('fits into 360 pixels at every step', async () => {
    const { page, cloud } = await open({ instances: 120 }, { viewport: { width: 360, height: 700 } });
    const width = () => page.evaluate('document.documentElement.scrollWidth');
    await lookAt(page, cloud, [...cloud.ecs.bound(), `i-bp1${'nosuch'.repeat(8)}`]);
    await page.getByRole('button', { name: /^Go on with/ }).waitFor();
    expect(await width()).toBe(360);
    await confirm(page, cloud, { size: 10, seconds: 20 });
    await page.getByRole('button', { name: 'Download CSV' }).waitFor();
    expect(await width()).toBe(360);
  });

  it('works with the keyboard alone, and says what happens', async () => {
    const { page, cloud } = await open({ instances: 3 });
    const { keyboard } = page;
    await tabTo(page, page.getByLabel('Key pair', { exact: true }));
    await keyboard.type(cloud.keyPairName);
    await tabTo(page, page.getByLabel('Region', { exact: true }));
    // Typed letters would have to follow each other within a second.
    await keyboard.press('ArrowDown');
    await tabTo(page, page.getByLabel('These'));
    await keyboard.press('ArrowRight');
    await tabTo(page, page.getByRole('button', { name: 'Dry run' }));
    await keyboard.press('Enter');
    await page.getByRole('status').getByText('3 of 3 instances would be detached.').waitFor({ state: 'attached' });
    await expectFocus(page, 'Dry run');
    await tabTo(page, page.getByRole('columnheader', { name: 'Instance' }).getByRole('button'));
    await keyboard.press('Space');
    expect(await page.getByRole('columnheader', { name: /^Instance/ }).getAttribute('aria-sort')).toBe('ascending');
    await tabTo(page, page.locator('.viewport'));
    await tabTo(page, page.getByRole('button', { name: 'Go on with 3 instances' }));
    await keyboard.press('Enter');
    await expectFocus(page, 'Restarts and confirmation');
    await tabTo(page, page.getByLabel('Nothing yet'));
    await keyboard.press('ArrowDown');
    expect(await page.getByLabel('In waves').isChecked()).toBe(true);
    await tabTo(page, page.getByLabel('Instances at a time'));
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type('101');
    await page.getByText('Instances at a time: 1 to 100.').waitFor();
    await keyboard.press('ControlOrMeta+A');
    await keyboard.type('2');
    await page.getByText('2 down at once').waitFor();
    await tabTo(page, page.getByLabel('Type leaked-key to confirm'));
    await keyboard.type('leaked-ke');
    await keyboard.press('Enter');
    expect(await page.getByRole('button', { name: /^Take leaked-key off/ }).isDisabled()).toBe(true);
    await keyboard.type('y');
    await keyboard.press('Enter');
    await page.getByRole('button', { name: 'Download CSV' }).waitFor();
    await expectFocus(page, 'Result');
    await page.getByText('0 of 3 instances revoked.').first().waitFor();
    await tabTo(page, page.getByRole('link', { name: 'Open the verification' }));
    await keyboard.press('Enter');
    await page.locator('.verify').getByRole('button', { name: 'Check again' }).waitFor();
    await expectFocus(page, 'Verify a detach');
    expect(cloud.ecs.bound()).toEqual([]);
  });
});

describe('the policy of the page', () => {
  it('keeps what is not its own from running, and its requests from going elsewhere', async () => {
    const { page, complaints } = await open({ instances: 1 });
    const blocked: unknown = await page.evaluate(`new Promise((resolve) => {
      const seen = new Set();
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
        if (seen.add(effectiveDirective).size === 4) resolve([...seen].sort());
      });
      const script = document.createElement('script');
      script.append('globalThis.intruder = true');
      document.body.append(script);
      document.body.setAttribute('style', 'color: red');
      new Image().src = 'https://elsewhere.example/pixel.png';
      fetch('https://elsewhere.example/').catch(() => undefined);
    })`);
    expect(blocked).toEqual(['connect-src', 'img-src', 'require-trusted-types-for', 'style-src-attr']);
    expect(await page.evaluate('globalThis.intruder')).toBeUndefined();
    expect(complaints.splice(0).length).toBeGreaterThanOrEqual(4);
  });
});

async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let tabs = 0; tabs < 40; tabs++) {
    await page.keyboard.press('Tab');
    if (await target.evaluate((element) => element === element.ownerDocument.activeElement)) return;
  }
  throw new Error(`No way by Tab to ${target}`);
}

/** Focus follows what is shown, which may take the page a moment. */
function expectFocus(page: Page, text: string): Promise<void> {
  return expect.poll(() => page.evaluate('document.activeElement.textContent')).toBe(text);
}
