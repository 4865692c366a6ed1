/** What was done about one instance. */
export type Action =
  | 'Removed'
  | 'Clean'
  | 'Skipped.Stopped'
  | 'Skipped.NotFound'
  | 'Skipped.Disabled'
  | 'Failed'
  | 'Expired';

/** What the two runs of the script have shown. */
export type Evidence = {
  /** Of the second, read-only run. */
  readonly InvokeId: string;
  readonly Files: string;
  readonly LinesRemoved: string;
  readonly SessionsClosed: string;
  readonly CheckedAt: string;
};

export type RemovalOutcome = {
  readonly instanceId: string;
  readonly action: Action;
  readonly code: string;
  readonly message: string;
  readonly evidence?: Evidence;
};

const MESSAGES = {
  Removed: 'The key was taken out, and a second, read-only run found it nowhere.',
  Clean: 'The key was not there, and a second, read-only run found it nowhere.',
  'Skipped.Stopped': 'The instance is stopped: the detach takes effect when it is started.',
  'Skipped.NotFound': 'The instance is gone.',
  'Skipped.Disabled': 'Removing is switched off by ONLINE_DISABLED.',
} as const;

export function done(instanceId: string, action: keyof typeof MESSAGES, evidence?: Evidence): RemovalOutcome {
  return { instanceId, action, code: '200', message: MESSAGES[action], ...(evidence && { evidence }) };
}

export type Why = { readonly code: string; readonly message: string };

export function failed(instanceId: string, { code, message }: Why, evidence?: Evidence): RemovalOutcome {
  return { instanceId, action: 'Failed', code, message, ...(evidence && { evidence }) };
}

export function expired(instanceId: string, { code, message }: Why): RemovalOutcome {
  return { instanceId, action: 'Expired', code, message };
}
