import { recordOf, textOf, type UnknownRecord } from '../../../shared/record.ts';

/** One HTTP request, whatever it came through. `body` holds the bytes as text or base64, as FC delivers them. */
export type HttpRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** By lower-case name: FC rewrites header names (`content-type` arrives as `Content-Type`). */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: boolean;
  readonly sourceIp: string;
  readonly userAgent: string;
  /** The host that was called. */
  readonly host: string;
};

/** The HTTP trigger's event of FC 3.0, or undefined: https://help.aliyun.com/document_detail/2545977.html */
export function readHttpEvent(event: UnknownRecord): HttpRequest | undefined {
  const context = recordOf(event['requestContext']);
  const http = recordOf(context['http']);
  const method = textOf(http['method']);
  if (!method) return undefined;
  const headers = texts(event['headers'], (name) => name.toLowerCase());
  return {
    method: method.toUpperCase(),
    path: textOf(http['path']) ?? textOf(event['rawPath']) ?? '/',
    query: texts(event['queryParameters']),
    headers,
    body: textOf(event['body']) ?? '',
    isBase64Encoded: event['isBase64Encoded'] === true,
    sourceIp: textOf(http['sourceIp']) ?? '',
    userAgent: textOf(http['userAgent']) ?? headers['user-agent'] ?? '',
    host: headers['host'] ?? textOf(context['domainName']) ?? '',
  };
}

/** A map of texts without a prototype: its names come from the caller. */
function texts(value: unknown, nameOf = (name: string) => name): Record<string, string> {
  const read: Record<string, string> = Object.create(null);
  for (const [name, text] of Object.entries(recordOf(value))) if (typeof text === 'string') read[nameOf(name)] = text;
  return read;
}
