type Http = {
  method?: string;
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
  isBase64Encoded?: boolean;
};

/** The whole event of FC 3.0's HTTP trigger from what matters to a test; a body that is not text is sent as JSON. */
export function httpEvent({
  method = 'POST',
  path = '/',
  query = {},
  headers = {},
  body,
  isBase64Encoded = false,
}: Http = {}) {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return {
    version: 'v1',
    rawPath: path,
    headers: {
      Host: 'detach.cn-hangzhou.fcapp.run',
      'User-Agent': 'scanner/1.0',
      ...(typeof body === 'object' && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    queryParameters: query,
    ...(text !== undefined && { body: text }),
    isBase64Encoded,
    requestContext: {
      accountId: '1234567890123456',
      domainName: 'detach.cn-hangzhou.fcapp.run',
      domainPrefix: 'detach',
      requestId: '',
      time: '2026-11-24T08:00:00Z',
      timeEpoch: '1795507200000',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '203.0.113.7', userAgent: 'scanner/1.0' },
    },
  };
}

export const REQUEST_ID = '473469C7-AA6F-4DC5-B3DB-A3DC0DE3C83E';

/** The context of FC 3.0 from what matters to a test. */
export function fcContext({
  timeoutSeconds = 60,
  credentials = {},
}: {
  timeoutSeconds?: number;
  credentials?: object;
} = {}) {
  return {
    requestId: REQUEST_ID,
    accountId: '1234567890123456',
    region: 'cn-hangzhou',
    credentials,
    function: { name: 'detach-key-pair', handler: 'index.handler', memory: 512, timeout: timeoutSeconds },
    service: { logProject: '', logStore: '', qualifier: 'LATEST', versionId: '' },
    retryCount: 0,
  };
}
