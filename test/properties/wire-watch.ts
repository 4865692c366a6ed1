import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';

/** What a client of one host has under way, seen from the client: a call counts until its answer is read or it is cut. */
export type WireWatch = {
  /** At once, since the last `reset`. */
  most(): number;
  /** The nonces of the calls begun since the last `reset`: what a cloud reads late is known by them. */
  begun(): ReadonlySet<string>;
  now(): number;
  reset(): void;
  stop(): void;
};

const CHANNEL = 'http.client.request.start';
export const NONCE = 'x-acs-signature-nonce';

/** `host` as the Host header has it. */
export function watchWire(host: string): WireWatch {
  const open = new Set<ClientRequest>();
  let most = 0;
  let begun = new Set<string>();
  const onStart = (message: unknown) => {
    if (!(typeof message === 'object' && message && 'request' in message)) return;
    const { request } = message;
    if (!(request instanceof ClientRequest) || request.getHeader('host') !== host) return;
    open.add(request);
    begun.add(String(request.getHeader(NONCE)));
    most = Math.max(most, underWay());
    request.once('response', (response) => response.once('end', () => open.delete(request)));
    request.once('close', () => open.delete(request));
  };
  const underWay = () => [...open].filter(({ destroyed }) => !destroyed).length;
  subscribe(CHANNEL, onStart);
  return {
    most: () => most,
    begun: () => begun,
    now: underWay,
    reset: () => {
      most = underWay();
      begun = new Set();
    },
    stop: () => unsubscribe(CHANNEL, onStart),
  };
}
