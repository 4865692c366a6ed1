import type { Received } from '../../portal/core/reply.ts';
import { type Acs3Request, acs3Call, RefusedCall } from '../../shared/alibaba/acs3-call.ts';
import { runSdkCall, SdkCallFailure } from '../../shared/alibaba/sdk-call.ts';
import { wireAddress } from '../../shared/alibaba/wire-address.ts';
import type { Credentials } from '../../shared/config/credentials.ts';
import { recordOf, textOf } from '../../shared/record.ts';

/** Longer than any function may run. */
const TIMEOUT_MS = 610_000;

/** One request, signed ACS3-HMAC-SHA256 → what came back, a refusal of the gateway included. Throws when nothing did. */
export async function sendSigned(request: Acs3Request, endpoint: string, credentials: Credentials): Promise<Received> {
  const address = wireAddress(endpoint, '');
  const done = await runSdkCall(TIMEOUT_MS, (sdkTimeoutMs) => acs3Call(request, address, credentials, sdkTimeoutMs));
  if (!(done instanceof SdkCallFailure)) {
    const { headers, text } = done.answer;
    const date = textOf(headers['date']) ?? null;
    return { status: done.status ?? 200, requestId: requestIdOf(headers), date, text };
  }
  if (done.cause instanceof RefusedCall) {
    return { status: done.cause.status, requestId: '', date: null, text: JSON.stringify(done.cause.data) };
  }
  throw new Error(done.sent ? `no readable answer came from ${address.endpoint}` : done.whyUnsent);
}

/** Whether FC reports the invocation as failed. */
export function requestIdOf(headers: unknown): string {
  const { 'x-acs-request-id': ours, 'x-fc-request-id': fcs } = recordOf(headers);
  return textOf(ours) ?? textOf(fcs) ?? '';
}
