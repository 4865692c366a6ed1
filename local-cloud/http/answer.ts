import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import type { HttpFault } from './fault.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** The Code in the body, for the call log. */
  readonly code?: string;
}

/** What a service gives for a fault to play with. */
export interface Play {
  /** Does the operation's work and says how it was answered; a refusal is an answer too. */
  readonly apply: () => Answer | Promise<Answer>;
  readonly refuse: (status: number, code: string, message: string, headers: Record<string, string>) => Answer;
  readonly latencyMs: number;
}

/** Sends the true answer, or what the fault leaves of it; returns what the client was sent, if anything. */
export async function answer(response: ServerResponse, play: Play, fault?: HttpFault): Promise<Answer | undefined> {
  const sent = await (fault ? answerOf(fault, play) : play.apply());
  const latencyMs = fault?.latencyMs ?? play.latencyMs;
  if (latencyMs > 0) await sleep(latencyMs, undefined, { ref: false });
  if (!sent) {
    if (fault?.kind === 'reset') cut(response.socket);
    return undefined;
  }
  if (fault?.kind === 'drip') await drip(response, sent, fault);
  else send(response, sent);
  return sent;
}

/** Only a socket without TLS can be reset; of the other the client sees no end of TLS, which is as bad. */
function cut(socket: Socket | null): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket?.resetAndDestroy();
}

/** Writes into a log's entry what the client was sent. */
export function note(call: { status?: number; code?: string }, sent: Answer | undefined): void {
  if (sent) call.status = sent.status;
  if (sent?.code !== undefined) call.code = sent.code;
}

export function send(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** `undefined` when nothing is sent at all. */
async function answerOf(fault: HttpFault, { apply, refuse }: Play): Promise<Answer | undefined> {
  if (fault.kind === 'latency' || fault.kind === 'drip') return apply();
  if (fault.kind === 'truncated') return halved(await apply());
  if (fault.applied) await apply();
  const json = { 'content-type': 'application/json;charset=utf-8' };
  switch (fault.kind) {
    case 'answer':
      return refuse(fault.status, fault.code, fault.message ?? 'Scripted.', fault.headers ?? {});
    case 'topLevelCode':
      return { ...refuse(200, fault.code, fault.message ?? 'Scripted.', {}), status: 200 };
    case 'html':
      return { status: fault.status ?? 502, headers: { 'content-type': 'text/html' }, body: BAD_GATEWAY };
    case 'empty':
      return { status: fault.status ?? 200, headers: {}, body: '' };
    case 'raw':
      return { status: fault.status ?? 200, headers: fault.headers ?? json, body: fault.body };
    case 'proto':
      return { status: 200, headers: json, body: '{"__proto__":{"FailCount":"0","Success":"true"},"constructor":{}}' };
    case 'reset':
    case 'hang':
      return undefined;
  }
}

function halved(whole: Answer): Answer {
  const body = Buffer.from(whole.body);
  return { ...whole, body: body.subarray(0, Math.floor(body.length / 2)) };
}

async function drip(response: ServerResponse, whole: Answer, pace: { bytes?: number; everyMs: number }) {
  const bytes = Buffer.from(whole.body);
  const step = pace.bytes ?? 1;
  response.writeHead(whole.status, { ...whole.headers, 'content-length': bytes.length });
  for (let at = 0; at < bytes.length && !response.destroyed; at += step) {
    response.write(bytes.subarray(at, at + step));
    await sleep(pace.everyMs, undefined, { ref: false });
  }
  response.end();
}

const BAD_GATEWAY = `<html>
<head><title>502 Bad Gateway</title></head>
<body bgcolor="white"><center><h1>502 Bad Gateway</h1></center><hr><center>tengine</center></body>
</html>
`;
