import type { Credentials } from '../../shared/config/credentials.ts';
import { parsedRecord } from './parsed.ts';
import { sendSigned } from './signed.ts';
import { receivedFromError, type Send } from './transport.ts';

export type FunctionTarget = {
  readonly name: string;
  /** `https://<account>.<region>.fc.aliyuncs.com`, or another endpoint of FC's API. */
  readonly endpoint: string;
};

/** By the InvokeFunction API: https://help.aliyun.com/document_detail/2513608.html */
export function byFunction({ name, endpoint }: FunctionTarget, credentials: Credentials): Send {
  const path = `/2023-03-30/functions/${encodeURIComponent(name)}/invocations`;
  return async (fields) => {
    const headers = { 'content-type': 'application/octet-stream', 'x-fc-invocation-type': 'Sync' };
    const body = Buffer.from(JSON.stringify(fields));
    const invoke = { action: 'InvokeFunction', version: '2023-03-30', method: 'POST', path, headers, body } as const;
    const received = await sendSigned(invoke, endpoint, credentials);
    const { errorMessage } = parsedRecord(received.text);
    // FC answers 200 for an invocation that has failed.
    if (received.status !== 200 || typeof errorMessage !== 'string') return received;
    return receivedFromError(errorMessage, received.requestId);
  };
}
