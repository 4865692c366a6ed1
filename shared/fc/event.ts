/** What the runtime passes: a Buffer of JSON, perhaps with a byte order mark. Undefined when it is not JSON. */
export function readEvent(event: unknown): unknown {
  if (typeof event !== 'string' && !(event instanceof Uint8Array)) return event;
  try {
    const text = typeof event === 'string' ? event : Buffer.from(event).toString('utf8');
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return undefined;
  }
}
