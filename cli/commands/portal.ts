import { spawn } from 'node:child_process';
import { hashes, html } from 'portal:page';
import { servePortal } from '../portal/serve.ts';
import type { Terminal } from '../terminal.ts';
import type { Send } from '../transport/transport.ts';

/** Serves the portal until it is interrupted. */
export async function openPortal(
  { port, open }: { readonly port?: number; readonly open: boolean },
  { send, terminal }: { readonly send: Send; readonly terminal: Terminal },
): Promise<number> {
  const { url } = await servePortal({ html: html(), hashes }, send, port === undefined ? {} : { port });
  terminal.err('The portal is up, on this machine alone. The address works once. Stop it with Ctrl-C.');
  terminal.out(url);
  if (open && terminal.isInteractive) openBrowser(url);
  return new Promise(() => {});
}

function openBrowser(url: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [url], { stdio: 'ignore', detached: true })
    .on('error', () => {})
    .unref();
}
