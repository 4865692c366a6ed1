import { Refusal } from './refusal.ts';
import type { Guards } from './variables.ts';

export type SetupOptions = Guards & {
  /** Where the functions run; the queue for failures is made there. */
  readonly region: string;
  /** The account that is meant: another one's credentials are refused. */
  readonly accountId?: string | undefined;
  /** Without the function remove-public-key when `false`: then its resource has to go from s.yaml too. */
  readonly online?: boolean | undefined;
  readonly dryRun?: boolean | undefined;
  /** Do not ask. */
  readonly yes?: boolean | undefined;
  readonly json?: boolean | undefined;
  /** `https://host[:port]`, or http for loopback. */
  readonly endpoints?: { readonly ram?: string; readonly mns?: string; readonly sts?: string } | undefined;
};

/** Results go to `out`: the lines for a shell, or JSON. All that is for people goes to `err`. */
export type SetupIo = {
  out(line: string): void;
  err(line: string): void;
  confirm(question: string): Promise<boolean>;
};

/** Throws `Refusal` for what cannot be meant. */
export function checkOptions({ region, endpoints = {}, ...guards }: SetupOptions): void {
  if (!/^[a-z]{2}-[a-z0-9-]{2,40}$/.test(region)) throw new Refusal(2, `--region ${region} is no region: cn-hangzhou`);
  // To the functions an empty list is none, which is all.
  for (const [flag, list] of [
    ['--allowed-regions', guards.allowedRegions],
    ['--allowed-key-pairs', guards.allowedKeyPairs],
  ]) {
    if (list !== undefined && /^[\s,]*$/.test(list))
      throw new Refusal(2, `${flag} is empty: name some, or '*' for all`);
  }
  for (const endpoint of Object.values(endpoints)) {
    if (!ENDPOINT.test(endpoint))
      throw new Refusal(2, `${endpoint} is no endpoint: https://host, or http for loopback`);
  }
}

const ENDPOINT = /^(https:\/\/[a-z0-9.-]+|http:\/\/(127\.0\.0\.1|localhost))(:\d{1,5})?\/?$/;
