import type { Credentials } from '../config/credentials.ts';

export type FcOptions = {
  credentials: Credentials;
  accountId: string;
  /** The function's own, which need not be that of the instances. */
  region: string;
  endpoint: string | undefined;
  /** Who is to be invoked. */
  functionName: string;
};

/** `https://host[:port]` as the SDKs want it: the host, and the protocol beside it. */
export function wireAddress(endpoint: string, region: string): { endpoint: string; protocol: string } {
  const { protocol, host } = new URL(endpoint.replaceAll('{region}', region));
  return { endpoint: host, protocol: protocol.slice(0, -1) };
}
