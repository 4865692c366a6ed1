import { sections } from 'removal:script';
import type { RemovalMode } from '../../shared/removal-report.ts';

/** `nonce`: the result repeats it, so that no older output is taken for this run's. */
export type ScriptRun = {
  readonly mode: RemovalMode;
  readonly publicKey: string;
  readonly sessions: 'Keep' | 'Close';
  readonly nonce: string;
};

/** The script for one run. The message's schema lets nothing into the key that a shell does not take as it is. */
export function scriptFor({ mode, publicKey, sessions, nonce }: ScriptRun): string {
  const [type, base64] = publicKey.split(' ');
  const { common, remove, close, check, main } = sections;
  const own = mode === 'check' ? check : sessions === 'Close' ? remove + close : remove;
  return `#!/bin/sh\nTYPE=${type} KEY=${base64} MODE=${mode} SESSIONS=${sessions} NONCE=${nonce}\n${common}${own}${main}`;
}
