/** How the Cloud Assistant agent of one instance behaves. */
export interface Agent {
  /** What DescribeCloudAssistantStatus says; the service learns of a dead agent up to two minutes late. */
  readonly reports: boolean;
  readonly does:
    | 'run' /** Nothing is delivered: ClientNotResponse. */
    | 'not-answer' /** The script runs, and its result never comes. */
    | 'lose-the-result' /** The script does not end by itself. */
    | 'hang' /** The script is killed before it prints anything. */
    | 'cut-off' /** Nothing is run, and success is reported. */
    | 'lie';
  /** Before the script begins, in the cloud's milliseconds. */
  readonly delayMs: number;
  /** Bytes of output that are kept, from the start. */
  readonly keepsBytes: number;
}

export const HEALTHY: Agent = { reports: true, does: 'run', delayMs: 0, keepsBytes: 24_000 };
export const ABSENT: Agent = { ...HEALTHY, reports: false, does: 'not-answer' };
