import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { isRecord } from '../../shared/record.ts';

export type Executable = {
  readonly args: string[];
  readonly executablePath: string;
  readonly env?: Record<string, string>;
};

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Where Linux and macOS put them. */
const PLACES = [
  '/opt/google/chrome/chrome',
  '/opt/microsoft/msedge/msedge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/snap/bin/chromium',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

export function launchChromium(): Promise<Browser> {
  return startChromium((options) => chromium.launch(options));
}

/**
 * `CHROMIUM_PATH`, else Chrome, Edge or Chromium as they are installed, else the one that comes by npm for Linux on x64:
 * the first with which `start` works.
 */
export async function startChromium<T>(start: (options: Executable) => Promise<T>): Promise<T> {
  const given = process.env['CHROMIUM_PATH'];
  if (given) return start({ args: ARGS, executablePath: given });
  for (const executablePath of PLACES.filter((file) => existsSync(file))) {
    const started = await start({ args: ARGS, executablePath }).catch(() => undefined);
    if (started) return started;
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('The portal is tested in a browser: install Chrome, Edge or Chromium, or set CHROMIUM_PATH.');
  }
  return start(await packaged());
}

/** The browser inside @sparticuz/chromium, with the shared libraries that a bare machine lacks. */
async function packaged(): Promise<Executable> {
  const folder = await unpacked();
  const libraries = path.join(folder, 'al2023/lib');
  return {
    args: [...ARGS, '--no-zygote'],
    executablePath: path.join(folder, 'chromium'),
    env: {
      ...definedVariables(),
      LD_LIBRARY_PATH: [libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
      // Its fonts alone crash some pages: they are for a machine that has none.
      ...(!existsSync('/etc/fonts') && { FONTCONFIG_PATH: path.join(folder, 'fonts') }),
    },
  };
}

const BIN = path.resolve('node_modules/@sparticuz/chromium/bin');
const PARTS = ['chromium', 'al2023.tar', 'fonts.tar'];

/**
 * Unpacks 200 MB, once for a user. The package itself unpacks to one fixed place without a lock, so that two processes
 * spoil each other's file: here each unpacks to a folder of its own, and the first to be done gives it the common name.
 */
async function unpacked(): Promise<string> {
  const final = path.join(tmpdir(), `chromium-147.0.0-${userInfo().uid}`);
  if (existsSync(final)) return final;
  const own = await mkdtemp(path.join(tmpdir(), 'chromium-'));
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = own; // where the package unpacks to
  try {
    const inflate = packageInflate();
    for (const part of PARTS) await inflate(path.join(BIN, `${part}.br`));
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
  await chmod(path.join(own, 'chromium'), 0o755);
  await rename(own, final).catch(() => rm(own, { recursive: true }));
  return final;
}

function packageInflate(): (file: string) => Promise<unknown> {
  const load: unknown = createRequire(import.meta.url)(path.join(BIN, '../build/cjs/lambdafs.cjs'));
  const inflate = isRecord(load) ? load['inflate'] : undefined;
  if (typeof inflate !== 'function') throw new Error('@sparticuz/chromium has no inflate any more');
  return async (file) => inflate(file);
}

function definedVariables(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
