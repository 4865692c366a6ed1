import fc from 'fast-check';

// Names that do harm in careless code, names that mean something here, and names of nothing.
const names = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'RegionId',
      'KeyPairName',
      'InstanceIds',
      'Filter',
      'Reboot',
      'DryRun',
      'Verify',
      'VerifySince',
      'RoleArn',
      'ClientToken',
      'ReturnResults',
      'Continue',
      'Action',
      'Version',
      'Format',
      'Signature',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'valueOf',
      '0',
      '',
      '__defineGetter__',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
);

const pollution = fc.constantFrom(
  { __proto__: null, polluted: true },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  JSON.parse('{"constructor":{"prototype":{"polluted":true}}}'),
);

const CRLF = 'a\r\nSet-Cookie: hacked=1\r\n\r\n<script>';

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'cn-hangzhou',
    'leaked-key',
    'i-bp1aaaa',
    '["i-bp1aaaa"]',
    'true',
    'false',
    '{}',
    CRLF,
    '\ud800',
    '\u0000',
    '../../etc/passwd',
    'http://169.254.169.254/',
    'cn-hangzhou.evil.example/#',
    '2026-11-24T08:00:00Z',
    '9999-99-99T99:99:99Z',
    'acs:ram::1:role/x',
    'acs:ram::1:role/\ud800',
    'x'.repeat(5_000),
  ),
);

export const jsonValues: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    texts,
    fc.constantFrom(null, true, false, 0, -1, 1.5, 1e308, Number.MAX_SAFE_INTEGER),
    pollution,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4 }),
  ),
})).value;

const ids = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.array(fc.constantFrom('i-bp1aaaa', 'i-bp1bbbb', 'i-bp1cccc'), { minLength: 1, maxLength: 4 }),
  },
  { weight: 2, arbitrary: fc.array(fc.oneof(texts, jsonValues), { maxLength: 4 }) },
  { weight: 1, arbitrary: jsonValues },
);

/** Mostly what a request looks like, with something wrong here and there. */
const canonical = {
  RegionId: fc.oneof(
    { weight: 5, arbitrary: fc.constant<unknown>('cn-hangzhou') },
    { weight: 1, arbitrary: jsonValues },
  ),
  KeyPairName: fc.oneof(
    { weight: 5, arbitrary: fc.constant<unknown>('leaked-key') },
    { weight: 1, arbitrary: jsonValues },
  ),
  InstanceIds: ids,
};

const requests: fc.Arbitrary<Record<string, unknown>> = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.record(canonical) },
      { weight: 1, arbitrary: fc.record(canonical, { requiredKeys: [] }) },
    ),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      { weight: 3, arbitrary: fc.dictionary(names, jsonValues, { maxKeys: 3 }) },
      {
        weight: 2,
        arbitrary: fc.record(
          {
            Filter: fc.record(
              { Tags: fc.array(fc.record({ Key: texts, Value: texts }, { requiredKeys: [] }), { maxLength: 2 }) },
              { requiredKeys: [] },
            ),
            Reboot: fc.oneof(
              fc.boolean(),
              fc.record(
                {
                  ForceReboot: fc.boolean(),
                  BatchSize: fc.integer(),
                  IntervalSeconds: fc.double(),
                  DelaySeconds: fc.nat(4_000),
                },
                { requiredKeys: [] },
              ),
            ),
            DryRun: fc.boolean(),
            Verify: fc.boolean(),
            VerifySince: texts,
            ClientToken: texts,
            RoleArn: texts,
            ReturnResults: fc.constantFrom('All', 'Failed', 'None', 'all'),
            Continue: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      },
    ),
  )
  .map(([first, second]) => ({ ...first, ...second }));

const headerNames = fc.oneof(
  fc.constantFrom(
    'Content-Type',
    'content-type',
    'Idempotency-Key',
    'X-Acs-Action',
    'X-Acs-Version',
    'Authorization',
    'Origin',
    'Host',
    'User-Agent',
    'Webhook-Id',
    'Webhook-Timestamp',
    'Webhook-Signature',
    'Access-Control-Request-Method',
    '__proto__',
  ),
  fc.string({ maxLength: 8 }),
);

const headers = fc.dictionary(
  headerNames,
  fc.oneof(
    { weight: 2, arbitrary: texts },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        'application/json',
        'application/json; charset=utf-8',
        'application/cloudevents+json',
        'application/x-www-form-urlencoded',
        'application/octet-stream',
        'text/plain',
        'multipart/form-data; boundary=x',
        '',
        ';;;',
        'DetachKeyPair',
        'https://portal.example',
        'ACS3-HMAC-SHA256 Credential=LTAI5t,SignedHeaders=host,Signature=00',
      ),
    },
  ),
  { maxKeys: 4 },
);

/** A body as FC would hand it over: the bytes as text, or as base64. */
const bodies: fc.Arbitrary<{ body?: unknown; isBase64Encoded?: unknown }> = fc.oneof(
  { weight: 5, arbitrary: requests.map((fields) => ({ body: JSON.stringify(fields) })) },
  {
    weight: 1,
    arbitrary: requests.map((fields) => ({
      body: Buffer.from(JSON.stringify(fields)).toString('base64'),
      isBase64Encoded: true,
    })),
  },
  {
    weight: 1,
    arbitrary: fc.array(fc.tuple(names, texts), { maxLength: 6 }).map((pairs) => ({ body: formOf(pairs) })),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 60 })
      .map((bytes) => ({ body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true })),
  },
  { weight: 1, arbitrary: texts.map((text) => ({ body: text, isBase64Encoded: true })) },
  { weight: 1, arbitrary: texts.map((text) => ({ body: text })) },
  { weight: 1, arbitrary: fc.json().map((text) => ({ body: text })) },
  { weight: 1, arbitrary: jsonValues.map((body) => ({ body, isBase64Encoded: 'true' })) },
  {
    weight: 1,
    // Names twice: JSON takes the last, and nothing here takes both.
    arbitrary: fc.tuple(names, jsonValues, jsonValues).map(([name, one, two]) => ({
      body: `{${JSON.stringify(name)}:${JSON.stringify(one)},${JSON.stringify(name)}:${JSON.stringify(two)}}`,
    })),
  },
);

function formOf(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([name, text]) => `${encodeURIComponent(Buffer.from(name).toString())}=${text.replaceAll('&', '%26')}`)
    .join('&');
}

/** The event of an HTTP trigger. */
export const httpEvents: fc.Arbitrary<Record<string, unknown>> = fc
  .record({
    method: fc.oneof(
      { weight: 6, arbitrary: fc.constant('POST') },
      { weight: 3, arbitrary: fc.constantFrom('GET', 'OPTIONS', 'HEAD', 'PUT', 'post', CRLF) },
      { weight: 1, arbitrary: texts.filter((text) => text !== '') },
    ),
    path: fc.oneof(fc.constantFrom('/', '/healthz', '/openapi.json', '/a/b/', '/x/healthz'), texts),
    query: fc.oneof(
      { weight: 3, arbitrary: fc.constant({}) },
      { weight: 2, arbitrary: fc.dictionary(names, texts, { maxKeys: 4 }) },
      { weight: 1, arbitrary: jsonValues },
    ),
    headers: fc.oneof({ weight: 9, arbitrary: headers }, { weight: 1, arbitrary: jsonValues }),
    body: bodies,
    rest: fc.oneof(
      { weight: 4, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('rawPath', 'version', '__proto__'), jsonValues) },
    ),
  })
  .map(({ method, path, query, headers: given, body, rest }) => ({
    version: 'v1',
    rawPath: path,
    headers: given,
    queryParameters: query,
    isBase64Encoded: false,
    ...body,
    requestContext: {
      accountId: '1234567890123456',
      domainName: 'detach.cn-hangzhou.fcapp.run',
      http: { method, path, sourceIp: '203.0.113.7', userAgent: CRLF },
    },
    ...rest,
  }));

/** What any source but HTTP may pass: mostly what it looks like. */
const sourceEvents: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 3, arbitrary: requests },
  {
    weight: 3,
    arbitrary: fc.record(
      {
        specversion: fc.oneof(fc.constant<unknown>('1.0'), jsonValues),
        source: fc.oneof(texts, jsonValues),
        id: fc.oneof(texts, jsonValues),
        type: texts,
        data: fc.oneof(
          requests,
          requests.map((fields) => JSON.stringify(fields)),
          jsonValues,
        ),
        data_base64: fc.oneof(
          requests.map((fields) => Buffer.from(JSON.stringify(fields)).toString('base64')),
          texts,
          jsonValues,
        ),
      },
      { requiredKeys: ['specversion'] },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      triggerName: fc.oneof(texts, jsonValues),
      triggerTime: fc.oneof(texts, jsonValues),
      payload: fc.oneof(
        requests.map((fields) => JSON.stringify(fields)),
        texts,
        jsonValues,
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      TopicName: fc.oneof(texts, jsonValues),
      MessageId: fc.oneof(texts, jsonValues),
      Message: fc.oneof(
        requests.map((fields) => JSON.stringify(fields)),
        texts,
        jsonValues,
      ),
    }),
  },
  { weight: 1, arbitrary: jsonValues },
);

/** The bytes of an event: those of JSON, an array of events, or anything. */
export const eventBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: sourceEvents.map(toBytes) },
  {
    weight: 2,
    arbitrary: fc
      .array(
        fc.oneof(
          sourceEvents,
          sourceEvents.map((event) => JSON.stringify(event) ?? ''),
        ),
        { maxLength: 4 },
      )
      .map(toBytes),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
);

/** A message for reboot-instances, with something wrong here and there. */
export const rebootEvents: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        fc.record({
          Version: fc.oneof({ weight: 6, arbitrary: fc.constant<unknown>(1) }, { weight: 1, arbitrary: jsonValues }),
          RegionId: fc.oneof(
            { weight: 6, arbitrary: fc.constant<unknown>('cn-hangzhou') },
            { weight: 1, arbitrary: jsonValues },
          ),
          KeyPairName: fc.oneof(
            { weight: 6, arbitrary: fc.constant<unknown>('leaked-key') },
            { weight: 1, arbitrary: texts },
          ),
          InstanceIds: ids,
          ForceReboot: fc.oneof(
            { weight: 6, arbitrary: fc.constant<unknown>(false) },
            { weight: 1, arbitrary: jsonValues },
          ),
          DetachedAt: mostly(new Date().toISOString(), '2026-99-99T99:99:99.999Z', CRLF),
          NotAfter: mostly(
            new Date(Date.now() + 3_600_000).toISOString(),
            '2999-11-24T08:30:20.123Z',
            '2000-11-24T08:30:20.123Z',
            '2026-99-99T99:99:99.999Z',
          ),
          SourceRequestId: texts,
        }),
        fc.oneof(
          { weight: 3, arbitrary: fc.constant({}) },
          { weight: 1, arbitrary: fc.dictionary(names, jsonValues, { maxKeys: 2 }) },
        ),
      )
      .map(([message, more]) => toBytes({ ...message, ...more })),
  },
  { weight: 1, arbitrary: eventBytes },
);

/** The first of them, and now and then one of the others. */
function mostly(usual: string, ...others: string[]) {
  return fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) });
}

function toBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value) ?? '');
}
