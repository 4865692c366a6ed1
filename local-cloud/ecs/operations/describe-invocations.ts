import type { Invocation, InvocationRow } from '../assistant/invocation.ts';
import { refusals } from '../errors.ts';
import type { OperationCall } from '../operation.ts';
import type { Parameters } from '../parameters.ts';
import { decodeToken, encodeToken } from './paging.ts';

// At most 50 a page, 10 unless said: the operations' pages.
const MAX_RESULTS = 50;

export function describeInvocationResults({ parameters, assistant }: OperationCall): Record<string, unknown> {
  const invocation = assistant.find(parameters.required('InvokeId'));
  const instanceId = parameters.optional('InstanceId');
  const all = (invocation?.rows ?? []).filter((row) => instanceId === undefined || row.instanceId === instanceId);
  const { shown, nextToken } = pageOf(all, parameters);
  const encode = encoding(parameters);
  return {
    Invocation: {
      NextToken: nextToken,
      TotalCount: all.length,
      InvocationResults: {
        InvocationResult: shown.map((row) => ({
          InvokeId: invocation?.invokeId,
          CommandId: invocation?.commandId,
          InvokeRecordStatus: row.finishedAt === undefined ? 'Running' : 'Finished',
          FinishedTime: secondOf(row.finishedAt),
          Output: encode(row.output),
          ...shape(row),
        })),
      },
    },
  };
}

export function describeInvocations({ parameters, assistant }: OperationCall): Record<string, unknown> {
  const [invokeId, name] = [parameters.optional('InvokeId'), parameters.optional('CommandName')];
  const isAsked = (invocation: Invocation) =>
    (invokeId === undefined || invocation.invokeId === invokeId) && (name === undefined || invocation.name === name);
  // The latest first.
  const all = assistant.invocations.filter(isAsked).reverse();
  const { shown, nextToken } = pageOf(all, parameters);
  const encode = encoding(parameters);
  const withOutput = parameters.flag('IncludeOutput');
  return {
    NextToken: nextToken,
    TotalCount: all.length,
    Invocations: {
      Invocation: shown.map((invocation) => ({
        InvokeId: invocation.invokeId,
        CommandId: invocation.commandId,
        CommandName: invocation.name,
        CommandType: 'RunShellScript',
        CommandContent: encode(invocation.script),
        CreationTime: secondOf(invocation.createdAt),
        InvokeInstances: {
          InvokeInstance: invocation.rows.map((row) => ({
            FinishTime: secondOf(row.finishedAt),
            ...(withOutput && { Output: encode(row.output) }),
            ...shape(row),
          })),
        },
      })),
    },
  };
}

function shape(row: InvocationRow): Record<string, unknown> {
  return {
    InstanceId: row.instanceId,
    InvocationStatus: row.status,
    ExitCode: row.exitCode ?? '',
    Dropped: row.dropped,
    ErrorCode: row.errorCode,
    ErrorInfo: row.errorInfo,
    StartTime: secondOf(row.startedAt),
  };
}

function pageOf<T>(all: readonly T[], parameters: Parameters): { shown: readonly T[]; nextToken: string } {
  const size = parameters.count('MaxResults') ?? 10;
  if (size < 1 || size > MAX_RESULTS) throw refusals.parameter('MaxResults');
  const token = parameters.optional('NextToken');
  const from = token === undefined ? 0 : decodeToken(token) + 1;
  const shown = all.slice(from, from + size);
  const end = from + shown.length;
  return { shown, nextToken: end < all.length ? encodeToken(end - 1) : '' };
}

/** Base64 unless PlainText is asked for. */
function encoding(parameters: Parameters): (text: string) => string {
  const isPlain = parameters.optional('ContentEncoding')?.toLowerCase() === 'plaintext';
  return (text) => (isPlain ? text : Buffer.from(text).toString('base64'));
}

function secondOf(time: number | undefined): string {
  return time === undefined ? '' : `${new Date(time).toISOString().slice(0, 19)}Z`;
}
