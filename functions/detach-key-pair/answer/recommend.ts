/** Codes of an answer that ECS's error center does not know: this project's own. */
const OWN_CODES: ReadonlySet<string> = new Set([
  'DeadlineExceeded',
  'Forbidden.KeyPairName',
  'Forbidden.Origin',
  'Forbidden.Region',
  'Forbidden.RoleArn',
  'InstanceKeyPairLimitExceeded',
  'InternalError',
  'InvalidWebhookSignature',
  'MalformedBody',
  'NotFound',
  'OutcomeUnknown',
  'PublicKeyUnavailable',
  'RequestTooLarge',
  'ServiceUnavailable',
  'UnsupportedHTTPMethod',
  'UnsupportedMediaType',
  'UnsupportedParameter',
]);

/** Where to read what to do about a code: the runbook of this project, or the page that ECS itself names. */
export function recommend(code: string, requestId: string): string {
  if (OWN_CODES.has(code)) return 'docs/runbook.md#a-request-was-refused-or-failed-whole';
  return `https://api.alibabacloud.com/troubleshoot?${new URLSearchParams({ q: code, product: 'Ecs', requestId })}`;
}
