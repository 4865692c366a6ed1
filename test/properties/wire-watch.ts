import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';

/** What a client of one host has under way, seen from the client: a call counts until its answer is read or it is cut. */
export type WireWatch = {
  /** At once, since the last `reset`. */
  most(): number;
  /** How many were begun since the last `reset`. */
  begun(): number;
  now(): number;
  reset(): void;
  stop(): void;
};

const CHANNEL = 'http.client.request.start';

/** `host` as the Host header has it. */
export function watchWire(host: string): WireWatch {
  const open = new Set<ClientRequest>();
  let most = 0;
  let begun = 0;
  const onStart = (message: unknown) => {
    if (!(typeof message === 'object' && message && 'request' in message)) return;
    const { request } = message;
    if (!(request instanceof ClientRequest) || request.getHeader('host') !== host) return;
    open.add(request);
    begun += 1;
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
      begun = 0;
    },
    stop: () => unsubscribe(CHANNEL, onStart),
  };
}
