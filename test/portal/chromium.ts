import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';

/** Debian's Chromium; without one, CI installs it, and everybody else is told how. */
export async function launchChromium(): Promise<Browser> {
  if (!existsSync(CHROMIUM)) installChromium();
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function installChromium(): void {
  if (!process.env['CI']) {
    throw new Error(`The portal is tested in a browser, and there is no ${CHROMIUM}: apt-get install chromium`);
  }
  // Several suites may find it missing at the same time, and apt takes no second one beside itself.
  const install = `test -x ${CHROMIUM} || (apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium)`;
  execFileSync('flock', [path.join(tmpdir(), 'install-chromium.lock'), 'sh', '-c', install], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
