import { acs3Call } from '../../shared/alibaba/acs3-call.ts';
import { callFailure } from '../../shared/alibaba/call-failure.ts';
import { runSdkCall, SdkCallFailure } from '../../shared/alibaba/sdk-call.ts';
import { wireAddress } from '../../shared/alibaba/wire-address.ts';
import type { Credentials } from '../../shared/config/credentials.ts';
import { CallError } from '../../shared/ecs/call-error.ts';
import { createSanitizer } from '../../shared/log/sanitize.ts';
import { isRecord, jsonOf, type UnknownRecord } from '../../shared/record.ts';

/** RAM answers in well under a second; a person waits. */
const TIMEOUT_MS = 15_000;

/** One operation of an RPC service → the body of its answer. Throws `CallError`, fit to be shown. */
export type CloudCall = (action: string, query: Record<string, string>) => Promise<UnknownRecord>;

export function cloudCall(
  { endpoint, version }: { readonly endpoint: string; readonly version: string },
  credentials: Credentials,
): CloudCall {
  const address = wireAddress(endpoint, '');
  const sanitize = createSanitizer(credentials);
  return async (action, query) => {
    const request = { action, version, method: 'POST', path: '/', query } as const;
    const done = await runSdkCall(TIMEOUT_MS, (sdkTimeoutMs) => acs3Call(request, address, credentials, sdkTimeoutMs));
    if (done instanceof SdkCallFailure) throw callFailure(done, sanitize);
    const body = jsonOf(done.answer.text);
    if (!isRecord(body)) throw CallError.unreadable('the service gave no readable answer');
    return body;
  };
}
