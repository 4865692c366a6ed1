import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Listening, type ListenOptions, listen } from './listen.ts';
import { BodyTooLarge, readWireRequest, type WireRequest } from './wire-request.ts';

export type Service = (request: WireRequest, response: ServerResponse, message: IncomingMessage) => Promise<void>;

/** Listens, reads whole requests and hands them to the service. A service that throws is a fault of the local cloud. */
export function serve(service: Service, options: ListenOptions & { maxBodyBytes?: number } = {}): Promise<Listening> {
  return listen((message, response) => {
    readWireRequest(message, options.maxBodyBytes)
      .then((request) => service(request, response, message))
      .catch((error: unknown) => {
        // A client that went away while it was sending is none of ours.
        if (message.destroyed && !message.complete) return;
        const tooLarge = error instanceof BodyTooLarge;
        if (!tooLarge) console.error('The local cloud failed:', error);
        if (!response.headersSent) response.writeHead(tooLarge ? 413 : 500);
        response.end();
      });
  }, options);
}
