/** How the text of one variable is read: the value, or undefined when the text is not `expected`. */
export type Setting<T> = { readonly expected: string; parse(text: string): T | undefined };

export function integer(least: number, most: number): Setting<number> {
  return {
    expected: `a whole number from ${least} to ${most}`,
    parse: (text) => {
      const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
      return value >= least && value <= most ? value : undefined;
    },
  };
}

export function choice<const T extends string>(...names: readonly T[]): Setting<T> {
  return { expected: `one of ${names.join(', ')}`, parse: (text) => names.find((name) => name === text) };
}

export const flag: Setting<boolean> = {
  expected: 'true or false',
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
};

export function matching(pattern: RegExp, expected: string): Setting<string> {
  return { expected, parse: (text) => (pattern.test(text) ? text : undefined) };
}

/** Comma-separated; spaces around an entry and empty entries do not count, but one entry there must be. */
export function list(entry: RegExp, expected: string): Setting<readonly string[]> {
  return {
    expected: `a comma-separated list of ${expected}`,
    parse: (text) => {
      const entries = text.split(',').map((part) => part.trim());
      const filled = entries.filter((part) => part !== '');
      return filled.length > 0 && filled.every((part) => entry.test(part)) ? filled : undefined;
    },
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
const HOST_AND_PORT = /^[A-Za-z0-9.-]+(:\d{1,5})?$/;

/**
 * Where a service is called. Plain http would show credentials to the network, so it is for a loopback host alone.
 * `{region}` stands for the request's region, which has been checked by then.
 */
export const endpoint: Setting<string> = {
  expected: 'https://host[:port], or http://host[:port] for a loopback host',
  parse: (text) => {
    const sample = text.replaceAll('{region}', 'cn-hangzhou');
    if (!/^https?:\/\/[^/?#@\\\s]+\/?$/.test(sample) || !URL.canParse(sample)) return undefined;
    const { protocol, hostname } = new URL(sample);
    return protocol === 'https:' || LOOPBACK.test(hostname) ? text.replace(/\/$/, '') : undefined;
  },
};

export const host: Setting<string> = {
  expected: 'host[:port] of letters, digits, dots and hyphens',
  parse: (text) => (HOST_AND_PORT.test(text) && URL.canParse(`https://${text}`) ? text : undefined),
};
