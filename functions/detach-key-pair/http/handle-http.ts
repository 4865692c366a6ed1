import type { Answer } from '../answer/answer.ts';
import { senderOf, webhookSender } from '../caller.ts';
import { withErrorResponse } from '../error-boundary.ts';
import type { Invocation } from '../invocation.ts';
import { withToken } from '../request/idempotency-key.ts';
import { type DetachRequest, parseRequest } from '../request/parse-request.ts';
import { runRequest } from '../run-request.ts';
import { asksToStop } from '../stop/parse-stop.ts';
import { stopTasks } from '../stop/stop-tasks.ts';
import { checkBrowser } from './browser.ts';
import { callerOf } from './caller.ts';
import { corsHeaders } from './cors.ts';
import { readFields } from './fields.ts';
import type { HttpRequest } from './http-request.ts';
import { openBody } from './read-body.ts';
import { route } from './route.ts';
import { readSignedFields } from './webhook.ts';

/** One HTTP request → its answer. Never throws: what goes wrong becomes an answer too. */
export async function handle(http: HttpRequest, invocation: Invocation, isConfirmed: boolean): Promise<Answer> {
  const { config } = invocation;
  const caller = callerOf(http, isConfirmed);
  const { requestId } = invocation.context;
  const askedBy = ({ clientToken: token }: DetachRequest, sender: string) => ({
    caller,
    origin: { requestId, token, sender, firstWave: 0, taken: 0, job: undefined },
    host: http.host,
  });
  const answer = await withErrorResponse(caller, http.host, invocation, async () => {
    const page = route(http);
    if (page) return page;
    checkBrowser(http, config.corsAllowedOrigins);
    const body = openBody(http);
    if (config.httpCallers === 'webhooks') {
      const { fields, secret } = readSignedFields(http, body, config.webhookSecrets);
      if (asksToStop(fields)) return stopTasks(fields, caller, invocation);
      const request = parseRequest(fields, config);
      return runRequest(request, askedBy(request, webhookSender(secret)), invocation);
    }
    const fields = withToken(readFields(http, body), http.headers);
    if (asksToStop(fields)) return stopTasks(fields, caller, invocation);
    const request = parseRequest(fields, config);
    return runRequest(request, askedBy(request, senderOf(caller)), invocation);
  });
  return { ...answer, headers: { ...answer.headers, ...corsHeaders(http, config.corsAllowedOrigins) } };
}
