/** What is not known of the real Function Compute. */
export interface FcSwitches {
  /** Which request bodies an HTTP event holds as base64. `binary`: by content type, and what is not UTF-8. */
  base64Bodies: 'never' | 'binary' | 'always';
  /** How an HTTP event shows that there was no body. */
  emptyBody: 'string' | 'absent' | 'null';
  /** What an HTTP client sees when the function threw. */
  errorStatus: number;
  /** Whether GetAsyncTask shows the payload that a task was given. */
  taskPayload: 'given' | 'absent';
  /** What StopAsyncTask does to a task that still waits for its delay. */
  stopOfWaiting: 'stops' | 'refused' | 'ignored';
  /** How far a function's clock is behind: it was frozen. */
  clockLagSeconds: number;
}

export const DEFAULT_FC_SWITCHES: Readonly<FcSwitches> = {
  base64Bodies: 'binary',
  emptyBody: 'string',
  errorStatus: 502,
  taskPayload: 'given',
  stopOfWaiting: 'stops',
  clockLagSeconds: 0,
};
