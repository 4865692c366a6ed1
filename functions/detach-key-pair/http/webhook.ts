import type { UnknownRecord } from '../../../shared/record.ts';
import { asToken } from '../request/idempotency-key.ts';
import { invalid, RequestError } from '../request/request-error.ts';
import { isJson, parseObject } from './fields.ts';
import type { HttpRequest } from './http-request.ts';
import { bodyBytes, bodyText, checkSize } from './read-body.ts';

/**
 * The fields of a webhook: a POST of JSON, signed by one of the secrets as https://www.standardwebhooks.com has it.
 * Nothing outside the body is read but the message's id, which is the token.
 */
export async function readSignedFields(http: HttpRequest, secrets: readonly string[]): Promise<UnknownRecord> {
  if (http.method !== 'POST' || !isJson(http) || !(await isSigned(http, secrets))) {
    throw new RequestError(
      401,
      'InvalidWebhookSignature',
      'Only a JSON body with a valid webhook signature is taken here.',
    );
  }
  checkSize(http);
  const fields = parseObject(bodyText(http));
  const token = asToken(String(http.headers['webhook-id']));
  const { ClientToken = token } = fields;
  if (ClientToken !== token)
    throw invalid('ClientToken', 'it differs from webhook-id, which is the token: leave it out');
  return { ...fields, ClientToken };
}

async function isSigned({ headers, ...body }: HttpRequest, secrets: readonly string[]): Promise<boolean> {
  const { Webhook } = await import('standardwebhooks');
  const signed = {
    'webhook-id': headers['webhook-id'] ?? '',
    'webhook-timestamp': headers['webhook-timestamp'] ?? '',
    'webhook-signature': headers['webhook-signature'] ?? '',
  };
  return secrets.some((secret) => {
    try {
      new Webhook(secret).verify(bodyBytes(body), signed, { jsonParse: false });
      return true;
    } catch {
      return false;
    }
  });
}
