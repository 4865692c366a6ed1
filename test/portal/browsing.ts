import type { Browser, BrowserContextOptions, Page, Request } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { bundledCloud } from '../support/bundled-cloud.ts';
import { launchChromium } from './chromium.ts';

/** One POST of the page to the function, as the network saw it. */
export type Sent = {
  readonly ClientToken?: string;
  readonly InstanceIds?: string[];
  readonly [field: string]: unknown;
};

export type Portal = {
  readonly page: Page;
  /** What the console or an uncaught error said; a refused request is no fault of the page. */
  readonly complaints: string[];
  /** Bodies of the requests that change something, in order. */
  readonly detaches: () => Sent[];
  /** Holds back the n-th such request, from 0; returns how to let it go. */
  readonly hold: (n: number) => { readonly arrived: Promise<void>; readonly release: () => void };
};

type Options = BrowserContextOptions & {
  /** Where the page is; the function's own address unless said. */
  readonly url?: string;
  /** Served in the place of what the function answers: behind a gateway that asks for a token, it comes from elsewhere. */
  readonly html?: string;
  /** The page's own clock can be moved, as the cloud's can. */
  readonly hasClock?: boolean;
};

async function openPortal(browser: Browser, cloud: LocalCloud, options: Options = {}): Promise<Portal> {
  const { url = cloud.fc.triggerUrl, html, hasClock, ...contextOptions } = options;
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 }, ...contextOptions });
  const page = await context.newPage();
  // Sooner than the test's own end, so that what is waited for is said.
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));

  const sent: Sent[] = [];
  const gates = new Map<number, { arrive: () => void; released: Promise<void> }>();
  await page.route(cloud.fc.triggerUrl, async (route, request) => {
    if (request.method() === 'GET' && html !== undefined) {
      await route.fulfill({ body: html, contentType: 'text/html' });
      return;
    }
    const body = bodyOf(request);
    if (body && !body['DryRun'] && !body['Verify'] && !body['StopTasks']) {
      const gate = gates.get(sent.push(body) - 1);
      gate?.arrive();
      await gate?.released;
    }
    // A page that is gone takes its requests along.
    await route.continue().catch(() => undefined);
  });
  if (hasClock) await page.clock.install();
  await page.goto(url);
  return {
    page,
    complaints,
    detaches: () => sent,
    hold: (n) => {
      const [arrived, arrive] = signal();
      const [released, release] = signal();
      gates.set(n, { arrive, released });
      return { arrived, release };
    },
  };
}

function signal(): [Promise<void>, () => void] {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return [given, () => give()];
}

function bodyOf(request: Request): Sent | undefined {
  const text = request.postData();
  return text === null ? undefined : JSON.parse(text);
}

type Opened = Portal & { readonly cloud: LocalCloud };

/** One browser for a file of tests; for each of them a cloud and a page, that must not complain of anything. */
export function browsing() {
  let browser: Browser;
  let opened: Opened | undefined;
  beforeAll(async () => {
    browser = await launchChromium();
  }, 300_000);
  afterAll(() => browser.close());
  afterEach(async () => {
    const { page, cloud, complaints } = opened ?? {};
    opened = undefined;
    await page?.context().close();
    await cloud?.stop();
    // The policy holds, and nothing went wrong unseen.
    expect(complaints).toEqual([]);
  });

  /** The page with a local cloud behind it. */
  async function open(options: Parameters<typeof bundledCloud>[0], more?: Options): Promise<Opened> {
    const cloud = await bundledCloud(options);
    opened = { cloud, ...(await openPortal(browser, cloud, more)) };
    return opened;
  }

  /** Another browser's page of the same cloud, in the place of the first. */
  async function openAnother(more?: Options): Promise<Opened> {
    if (!opened) throw new Error('There is no first one');
    const { cloud, page } = opened;
    await page.context().close();
    opened = { cloud, ...(await openPortal(browser, cloud, more)) };
    return opened;
  }

  return { open, openAnother };
}

/** Has it look again until it says so: while a round of its own is under way the button does nothing. */
export function checkUntil(page: Page, text: string | RegExp): Promise<void> {
  return expect
    .poll(async () => {
      await page.getByRole('button', { name: 'Check again' }).click();
      return page.getByText(text).first().isVisible();
    })
    .toBe(true);
}
