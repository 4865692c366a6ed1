import type { ErrorType, Fc2Http } from './invocation.ts';

export type TaskStatus =
  | 'Enqueued'
  | 'Running'
  | 'Retrying'
  | 'Stopping'
  | 'Succeeded'
  | 'Failed'
  | 'Stopped'
  | 'Expired';

/** Whether such a task is over: nothing of it runs any more. */
export function isOver(status: TaskStatus): boolean {
  return status === 'Succeeded' || status === 'Failed' || status === 'Stopped' || status === 'Expired';
}

/** One asynchronous invocation. */
export interface Task {
  readonly id: string;
  readonly function: string;
  readonly requestId: string;
  readonly payload: string;
  readonly delaySeconds: number;
  /** The cloud's time. */
  readonly enqueuedAt: number;
  status: TaskStatus;
  /** When it first began to run, and when it was over, the cloud's time. */
  startedAt?: number;
  endedAt?: number;
  /** How often it ran, deliveries and retries together. */
  attempts: number;
  readonly results: { payload: string; errorType?: ErrorType }[];
}

export interface TaskRequest {
  readonly event: Buffer;
  readonly taskId?: string;
  readonly delaySeconds?: number;
  readonly http?: Fc2Http;
}

/** What an onFailure destination is sent, "Result callback" in FC's documentation. */
export interface FailureRecord {
  readonly timestamp: number;
  readonly requestContext: {
    readonly requestId: string;
    readonly functionArn: string;
    readonly condition: string;
    readonly approximateInvokeCount: number;
  };
  readonly requestPayload: string;
  readonly responseContext: { readonly statusCode: number; readonly functionError: string };
  readonly responsePayload: string;
}
