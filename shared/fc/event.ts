/** What the runtime passes: a Buffer of JSON. Undefined when it is not JSON. */
export function readEvent(event: unknown): unknown {
  if (typeof event !== 'string' && !(event instanceof Uint8Array)) return event;
  try {
    return JSON.parse(typeof event === 'string' ? event : Buffer.from(event).toString('utf8'));
  } catch {
    return undefined;
  }
}
