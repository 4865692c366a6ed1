import { stringify } from 'node:querystring';
import type OpenApiClient from '@alicloud/openapi-core';
import { type RuntimeOptions, XML } from '@darabonba/typescript';
import { recordOf, type UnknownRecord } from '../record.ts';
import { send, type WireAnswer } from './send.ts';
import { type Operation, type Parts, signedRequest } from './signed-request.ts';

/** The service has refused the call. `data`: what it says of it. */
class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly data: UnknownRecord;
  readonly code: unknown;
  constructor(data: UnknownRecord) {
    super('the service has refused the call');
    this.data = data;
    this.code = data['Code'] ?? data['code'];
  }
}

type Answer = Omit<WireAnswer, 'body'> & { body: unknown };

/**
 * What the client's own `callApi` does, for less: the same bytes, but sent by Node's HTTP client directly. That takes a
 * quarter of the processor's time off a whole request, and what it stands in for out of the bundle.
 */
export async function callApi(
  client: OpenApiClient,
  operation: Operation,
  parts: Parts,
  { readTimeout }: RuntimeOptions,
): Promise<Answer> {
  const { method, pathname, query, headers } = await signedRequest(client, operation, parts);
  const search = stringify(query).replaceAll("'", '%27'); // which the SDK's URL parser does
  const answer = await send(
    {
      origin: `${client._protocol || operation.protocol}://${client._endpoint}`,
      method,
      path: search ? `${pathname}?${search}` : pathname,
      headers,
      timeout: Number(readTimeout),
    },
    parts.body,
  );
  if (answer.statusCode >= 400) throw new RefusalError(refusalIn(answer));
  return { ...answer, body: operation.bodyType === 'json' ? JSON.parse(answer.body) : answer.body };
}

/** Gateways speak XML now and then. */
function refusalIn({ headers, body }: WireAnswer): UnknownRecord {
  const isXml = headers['content-type'] === 'text/xml;charset=utf-8';
  return recordOf(isXml ? XML.parseXml(body, undefined)['Error'] : JSON.parse(body));
}
