/** How a request wants the key taken out of the running instances. */
export type OnlineOptions = {
  /** For one run of the script on an instance. */
  readonly timeoutSeconds: number;
  /** What becomes of the sessions that were opened with the key. */
  readonly sessions: 'Keep' | 'Close';
};

type OnlineField = boolean | { readonly TimeoutSeconds?: number; readonly Sessions?: 'Keep' | 'Close' };

/** The request's field → what it means; undefined for leaving the instances as they are. */
export function readOnline(field: OnlineField | undefined): OnlineOptions | undefined {
  if (!field) return undefined;
  const { TimeoutSeconds: timeoutSeconds = 120, Sessions: sessions = 'Keep' } = field === true ? {} : field;
  return { timeoutSeconds, sessions };
}
