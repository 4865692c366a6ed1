import { CallError } from '../call-error.ts';
import { recordOf, textOf } from '../record.ts';
import { type Present, presentable } from '../redact.ts';
import { callFailure } from './call-failure.ts';
import { exchange } from './exchange.ts';

/**
 * One asynchronous invocation, by the headers of its answer. FC answers a task id it has seen with 409, which both SDKs
 * throw. Any 2xx is success to them and to us, since FC's own is not documented; but a page is a proxy's on the way.
 */
export async function submission(
  timeoutMs: number,
  call: () => Promise<unknown>,
  present: Present = presentable,
): Promise<'accepted' | 'duplicate'> {
  try {
    const headers = recordOf(await exchange(timeoutMs, call));
    if (/html/i.test(String(headers['content-type'])))
      throw CallError.unreadable('this is no answer of Function Compute');
    return 'accepted';
  } catch (error) {
    const status = statusOf(error);
    if (status === 409) return 'duplicate';
    throw status === undefined
      ? callFailure(error, present)
      : CallError.answered(status, present(codeOf(error, status)), present(messageOf(error)));
  }
}

type Thrown = Readonly<Record<string, unknown>>;

/** fc2 says the status in its message only. */
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { statusCode }: Thrown = { ...error };
  if (typeof statusCode === 'number') return statusCode;
  const status = / failed with (\d{3})\. requestid: /.exec(error.message)?.[1];
  return status === undefined ? undefined : Number(status);
}

function codeOf(error: unknown, status: number): string {
  const { data, code }: Thrown = { ...recordOf(error) };
  const body = recordOf(data);
  return textOf(body['Code']) ?? textOf(body['ErrorCode']) ?? textOf(code) ?? `HTTP${status}`;
}

function messageOf(error: unknown): string {
  const { data }: Thrown = { ...recordOf(error) };
  const body = recordOf(data);
  const said = textOf(body['Message']) ?? textOf(body['ErrorMessage']);
  return said ?? 'Function Compute did not take the asynchronous invocation';
}
