/** What Cloud Assistant knows of one instance of one invocation. Times are the cloud's. */
export interface InvocationRow {
  readonly instanceId: string;
  status: 'Pending' | 'Running' | 'Success' | 'Failed' | 'Aborted' | 'Timeout';
  exitCode: number | undefined;
  output: string;
  dropped: number;
  errorCode: string;
  errorInfo: string;
  startedAt: number | undefined;
  finishedAt: number | undefined;
}

export interface Invocation {
  readonly invokeId: string;
  readonly commandId: string;
  readonly name: string;
  readonly script: string;
  readonly timeoutSeconds: number;
  readonly createdAt: number;
  readonly rows: readonly InvocationRow[];
}

export function pendingRow(instanceId: string): InvocationRow {
  return {
    instanceId,
    status: 'Pending',
    exitCode: undefined,
    output: '',
    dropped: 0,
    errorCode: '',
    errorInfo: '',
    startedAt: undefined,
    finishedAt: undefined,
  };
}
