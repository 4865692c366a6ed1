import { spawn } from 'node:child_process';
import { hashes, html } from 'portal:page';
import { connect } from '../call/connect.ts';
import { type ExitCode, WrongUse } from '../failure.ts';
import type { PortalOptions } from '../options.ts';
import { servePortal } from '../portal/serve.ts';
import type { Session } from '../session.ts';

/** Serves the portal on this machine's loopback, and passes its requests on, until it is interrupted. */
export async function portal(options: PortalOptions, session: Session): Promise<ExitCode> {
  const { terminal } = session;
  const { label, call } = connect(options, session);
  const send = async (fields: object) => {
    const { status, headers, body } = await call(fields);
    const requestId = headers['x-acs-request-id'] ?? headers['x-fc-request-id'] ?? '';
    terminal.debug(`${label}: HTTP ${status}, request ${requestId}`);
    return { status, requestId, date: headers['date'] ?? null, text: body.toString('utf8') };
  };
  const { url } = await servePortal({ html: html(), hashes }, send, { port: options.port ?? 0 }).catch(
    (error: unknown) => {
      const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
      throw isTaken ? new WrongUse(`Port ${options.port} is in use: leave --port out, or say another`) : error;
    },
  );
  session.onInterrupt(() => 'The portal is closed. What was sent is done by the function.');
  terminal.say(`The portal of ${label}, for one visit and this browser alone:\n\n  ${url}\n\nCtrl-C closes it.`);
  if (terminal.isInteractive && options.open) openBrowser(url);
  return new Promise(() => undefined);
}

/** Where there is no browser, the address that was printed will do. */
function openBrowser(url: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  spawn(program, [url], { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
