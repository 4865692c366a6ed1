import { visible } from '../../../shared/log/log.ts';
import type { Answer } from '../answer/answer.ts';
import { withErrorResponse } from '../error-boundary.ts';
import type { Invocation } from '../invocation.ts';
import { readJob } from '../queue/job.ts';
import { asToken } from '../request/idempotency-key.ts';
import { parseJson } from '../request/parse-json.ts';
import { parseRequest } from '../request/parse-request.ts';
import { RequestError } from '../request/request-error.ts';
import { runRequest } from '../run-request.ts';
import { asksToStop } from '../stop/parse-stop.ts';
import { stopTasks } from '../stop/stop-tasks.ts';
import { readEventRequest } from './event-source.ts';

/**
 * Tells FC that the invocation failed, so that it retries or calls `onFailure`. The message, which FC writes into the log, is
 * the answer as JSON.
 */
class EventFailure extends Error {
  override readonly name = 'EventFailure';

  constructor(answer: unknown) {
    super(visible(JSON.stringify(answer)));
  }
}

/** As many as EventBridge puts into one push. Each is answered, so that many more would be more than memory holds. */
const MAX_EVENTS = 10_000;

/**
 * An event, or a stream's array of them run in order → the answer, or the array of answers. Thrown instead of returned
 * when any of them was refused, failed as a whole, or leaves something that another run could finish.
 */
export async function handleEvent(event: unknown, invocation: Invocation): Promise<unknown> {
  if (!Array.isArray(event) || event.length > MAX_EVENTS) return conclude(await answerEvent(event, invocation));
  const answers: Answer[] = [];
  for (const one of event) answers.push(await answerEvent(one, invocation));
  const bodies = answers.map(({ body }) => body);
  if (answers.some(isFailure)) throw new EventFailure(bodies);
  return bodies;
}

export function conclude(answer: Answer): unknown {
  if (isFailure(answer)) throw new EventFailure(answer.body);
  return answer.body;
}

function isFailure({ status, unfinished }: Answer): boolean {
  return status >= 400 || unfinished === true;
}

function answerEvent(event: unknown, invocation: Invocation): Promise<Answer> {
  const { accountId, region } = invocation.context;
  const host = `${accountId}.${region}.fc.aliyuncs.com`;
  return withErrorResponse({ source: 'event' }, host, invocation, async () => {
    if (Array.isArray(event) && event.length > MAX_EVENTS) throw tooMany(event.length);
    const content = typeof event === 'string' ? parseJson(event) : event;
    const job = readJob(content);
    if (job) {
      const { job: source, requestId: eventId } = job.origin;
      const caller = { source: String(source), eventId };
      return runRequest(parseRequest(job.fields, invocation.config), { caller, origin: job.origin, host }, invocation);
    }
    const { fields, caller, sender, token } = readEventRequest(content);
    if (asksToStop(fields)) return stopTasks(fields, caller, invocation);
    const request = parseRequest(fields, invocation.config);
    const { requestId } = invocation.context;
    const name = request.clientToken ?? token;
    const origin = { requestId, token: name && asToken(name), sender, firstWave: 0, taken: 0, job: undefined };
    return runRequest(request, { caller, origin, host }, invocation);
  });
}

function tooMany(events: number): RequestError {
  return new RequestError(
    413,
    'RequestTooLarge',
    `These are ${events} events, at most ${MAX_EVENTS} are taken at once.`,
  );
}
