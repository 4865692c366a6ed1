import { CallError } from '../ecs/call-error.ts';
import type { Sanitize } from '../log/sanitize.ts';
import { recordOf, textOf } from '../record.ts';
import { callFailure } from './call-failure.ts';
import { runSdkCall, SdkCallFailure } from './sdk-call.ts';

/**
 * One asynchronous invocation, by the headers of its answer. FC answers a task id it has seen with 409. Any 2xx means
 * that it was taken, since which one is not documented; but a page is a proxy's on the way.
 */
export async function submitTask(
  timeoutMs: number,
  call: (sdkTimeoutMs: number) => Promise<unknown>,
  sanitize: Sanitize,
): Promise<'accepted' | 'duplicate'> {
  const done = await runSdkCall(timeoutMs, call);
  if (done instanceof SdkCallFailure) {
    if (done.status === 409) return 'duplicate';
    throw fcFailure(done, sanitize);
  }
  const isPage = /html/i.test(String(recordOf(done.answer)['content-type']));
  if (isPage || !/^2\d\d$/.test(String(done.status))) {
    throw CallError.unreadable('this is no answer of Function Compute');
  }
  return 'accepted';
}

/** The status counts, whatever the body: that of FC 3.0 has `Code`, that of FC 2.0 `ErrorCode`, or there is none. */
export function fcFailure(failure: SdkCallFailure, sanitize: Sanitize): CallError {
  const { status = 0, cause } = failure;
  if (status < 400 || failure.timedOut) return callFailure(failure, sanitize);
  const { data, code } = recordOf(cause);
  const body = recordOf(data);
  const said = [body['Code'], body['ErrorCode'], code].map(textOf).find((text) => text && text !== 'undefined');
  const message = textOf(body['Message']) ?? textOf(body['ErrorMessage']) ?? REFUSED;
  return CallError.answered(status, sanitize(said ?? `HTTP${status}`), sanitize(message), failure.retryAfterMs);
}

const REFUSED = 'Function Compute refused the call';
