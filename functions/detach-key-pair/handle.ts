import type { Answer } from './answer.ts';
import { answering } from './answering.ts';
import { callerOf } from './caller.ts';
import { corsHeaders } from './cors.ts';
import { detachKeyPair } from './detach-key-pair.ts';
import type { Invocation } from './invocation.ts';
import { readFields } from './request/fields.ts';
import type { HttpRequest } from './request/http-request.ts';
import { parseRequest } from './request/parse-request.ts';
import { withToken } from './request/token.ts';
import { readSignedFields } from './request/webhook.ts';
import { route } from './route.ts';

/** One HTTP request → its answer. Never throws: what goes wrong becomes an answer too. */
export async function handle(http: HttpRequest, invocation: Invocation): Promise<Answer> {
  const { config } = invocation;
  const caller = callerOf(http);
  const answer = await answering(caller, http.host, invocation, async () => {
    const page = await route(http);
    if (page) return page;
    const fields =
      config.webhookSecrets.length > 0
        ? await readSignedFields(http, config.webhookSecrets)
        : withToken(readFields(http), http);
    return detachKeyPair(parseRequest(fields, config), { caller, host: http.host }, invocation);
  });
  return { ...answer, headers: { ...answer.headers, ...corsHeaders(http, config.corsAllowedOrigins) } };
}
