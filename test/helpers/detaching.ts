import { expect } from 'vitest';
import { enter } from '../../functions/detach-key-pair/enter.ts';
import { recordOf } from '../../shared/record.ts';
import type { LocalCloud } from '../local-cloud/cloud.ts';
import { fcContext, httpEvent } from './events.ts';

export type ResultItem = { Code: string; Message: string; InstanceId: string; Success: string };

export type Body = {
  [name: string]: unknown;
  TotalCount?: string;
  FailCount?: string;
  Code?: string;
  Message?: string;
  Results?: { Result: ResultItem[] };
};

export type Answered = {
  status: number;
  headers: Record<string, string>;
  body: Body;
  /** The answer's items by instance. */
  item(id: string): ResultItem | undefined;
  /** How many items have which code. */
  codes: Record<string, number>;
  lines: Record<string, unknown>[];
};

type Options = { variables?: Record<string, string>; timeoutSeconds?: number; baseMs?: number };

/** The function, called as FC calls it, against a local cloud; delays between tries are shrunk. */
export function detaching(cloud: LocalCloud, defaults: Options = {}) {
  return async function ask(http: Parameters<typeof httpEvent>[0], options: Options = {}): Promise<Answered> {
    const { variables, timeoutSeconds = 60, baseMs = 2 } = { ...defaults, ...options };
    const lines: string[] = [];
    const { accessKeyId, accessKeySecret } = cloud.ecs.credentials;
    const response = readResponse(
      await enter(Buffer.from(JSON.stringify(httpEvent(http))), fcContext({ timeoutSeconds }), {
        variables: {
          ECS_ENDPOINT: cloud.ecs.endpoint,
          ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
          ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
          ...defaults.variables,
          ...variables,
        },
        tuning: { baseMs },
        write: (line) => lines.push(line),
      }),
    );
    const body: Body = response.body === '' ? {} : JSON.parse(response.body);
    const items = body.Results?.Result ?? [];
    const codes: Record<string, number> = {};
    for (const { Code } of items) codes[Code] = (codes[Code] ?? 0) + 1;
    return {
      status: response.statusCode,
      headers: response.headers,
      body,
      item: (id) => items.find(({ InstanceId }) => InstanceId === id),
      codes,
      lines: lines.map((line) => JSON.parse(line)),
    };
  };
}

function readResponse(value: unknown) {
  const { statusCode, headers, body, isBase64Encoded } = recordOf(value);
  if (typeof statusCode !== 'number' || typeof body !== 'string') throw new Error('this is no HTTP response');
  expect(isBase64Encoded).toBe(false);
  return {
    statusCode,
    body,
    headers: Object.fromEntries(Object.entries(recordOf(headers)).map(([k, v]) => [k, String(v)])),
  };
}

/** The canonical request for these instances. */
export function request(instanceIds: readonly string[], more: object = {}) {
  return { body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: instanceIds, ...more } };
}
