import { headerOf, type WireRequest } from '../http/wire-request.ts';
import type { AccessKeys, KnownKey } from './access-keys.ts';
import { Nonces } from './freshness.ts';
import { verifyAcs3 } from './verify-acs3.ts';
import { verifyRpc } from './verify-rpc.ts';

/** Checks requests signed by either of the two schemes that the RPC-style services take. */
export class Verifier {
  readonly keys: AccessKeys;
  readonly nonces = new Nonces();

  constructor(keys: AccessKeys) {
    this.keys = keys;
  }

  verify(request: WireRequest): KnownKey {
    const isAcs3 = headerOf(request, 'authorization') !== undefined;
    return isAcs3 ? this.verifyAcs3(request) : verifyRpc(request, this.keys, this.nonces);
  }

  /** For services that know no other scheme. */
  verifyAcs3(request: WireRequest): KnownKey {
    return verifyAcs3(request, this.keys, this.nonces);
  }
}

/** The AccessKeyId a request claims to be from, for the call log. */
export function claimedAccessKeyId(request: WireRequest, parameters: ReadonlyMap<string, string>): string | undefined {
  return /Credential=([^,\s]+)/.exec(headerOf(request, 'authorization') ?? '')?.[1] ?? parameters.get('AccessKeyId');
}
