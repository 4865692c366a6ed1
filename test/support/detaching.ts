import Ajv from 'ajv';
import { expect } from 'vitest';
import {
  type AnswerBody,
  answerSchema,
  type ErrorBody,
  errorSchema,
  type Item,
  stopAnswerSchema,
} from '../../functions/detach-key-pair/answer/schema.ts';
import { enter } from '../../functions/detach-key-pair/invoke.ts';
import type { LocalCloud } from '../../local-cloud/cloud.ts';
import { recordOf } from '../../shared/record.ts';
import { fcContext, httpEvent } from './events.ts';
import { variablesOf } from './variables.ts';

export type ResultItem = Item;

export type Body = { [name: string]: unknown } & Partial<AnswerBody> & Partial<ErrorBody>;

const ajv = new Ajv({ strict: false });
const isAnswer = ajv.compile(answerSchema);
const isStopAnswer = ajv.compile(stopAnswerSchema);
const isError = ajv.compile(errorSchema);

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

export type Options = {
  variables?: Record<string, string>;
  /** What FC passes in the context, where the environment has no credentials. */
  credentials?: object;
  timeoutSeconds?: number;
};

/** Calls the function with any event, as FC does; lines of the log go to `lines`. */
export function entering(
  cloud: LocalCloud,
  event: unknown,
  options: Options,
  lines: Record<string, unknown>[] = [],
): Promise<unknown> {
  const { variables, credentials = {}, timeoutSeconds = 60 } = options;
  const bytes = Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
  return enter(bytes, fcContext({ timeoutSeconds, credentials }), {
    variables: { ...variablesOf(cloud), ...variables },
    write: (line) => lines.push(JSON.parse(line)),
  });
}

/** The function behind its HTTP trigger, against a local cloud. */
export function detaching(cloud: LocalCloud, defaults: Options = {}) {
  return async function ask(http: Parameters<typeof httpEvent>[0], options: Options = {}): Promise<Answered> {
    const lines: Record<string, unknown>[] = [];
    const variables = { ...defaults.variables, ...options.variables };
    const answer = await entering(cloud, httpEvent(http), { ...defaults, ...options, variables }, lines);
    const { status, headers, text } = readResponse(answer);
    const body: Body = text === '' ? {} : JSON.parse(text);
    holdToSchema(body);
    const items = body.Results?.Result ?? [];
    const codes: Record<string, number> = {};
    for (const { Code } of items) codes[Code] = (codes[Code] ?? 0) + 1;
    return { status, headers, body, item: (id) => items.find(({ InstanceId }) => InstanceId === id), codes, lines };
  };
}

/** Every answer is one of the three of the contract; pages have no request id. */
function holdToSchema(body: Body): void {
  if (body.RequestId === undefined) return;
  const isOfItsKind = body.HostId !== undefined ? isError : 'Tasks' in body ? isStopAnswer : isAnswer;
  const isSound = isOfItsKind(body);
  expect({ isSound, errors: isOfItsKind.errors }).toEqual({
    isSound: true,
    errors: null,
  });
}

function readResponse(value: unknown): { status: number; headers: Record<string, string>; text: string } {
  const { statusCode, headers, body, isBase64Encoded } = recordOf(value);
  if (typeof statusCode !== 'number' || typeof body !== 'string') throw new Error('this is no HTTP response');
  expect(isBase64Encoded).toBe(false);
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(recordOf(headers)).map(([name, text]) => [name, String(text)])),
    text: body,
  };
}

/** The canonical request for these instances. */
export function request(instanceIds: readonly string[], more: object = {}) {
  return { body: { RegionId: 'cn-hangzhou', KeyPairName: 'leaked-key', InstanceIds: instanceIds, ...more } };
}
