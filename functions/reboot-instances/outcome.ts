/** What was done about one instance. */
export type Action =
  | 'Rebooted'
  | 'Skipped.AlreadyRestarted'
  | 'Skipped.Stopped'
  | 'Skipped.NotFound'
  | 'Skipped.Disabled'
  | 'Skipped.Halted'
  | 'Requeued'
  | 'Failed'
  | 'Expired';

export type RebootOutcome = {
  readonly instanceId: string;
  readonly action: Action;
  readonly code: string;
  readonly message: string;
};

/** Why an instance is not restarted, or not yet. */
export type Reason = { readonly code: string; readonly message: string };

const MESSAGES = {
  Rebooted: 'The instance is restarting.',
  'Skipped.AlreadyRestarted': 'The instance has started since the detach: the change is in effect.',
  'Skipped.Stopped': 'The instance is stopped: the change takes effect when it is started.',
  'Skipped.NotFound': 'The instance is gone.',
  'Skipped.Disabled': 'Reboots are switched off by REBOOTS_DISABLED.',
} as const;

export function done(instanceId: string, action: keyof typeof MESSAGES): RebootOutcome {
  return { instanceId, action, code: '200', message: MESSAGES[action] };
}

export function requeued(instanceId: string, { code, message }: Reason, taskId: string): RebootOutcome {
  const text = `Not restarted yet (${code}: ${message}): it is in the queue again, in the task ${taskId}.`;
  return { instanceId, action: 'Requeued', code: '200', message: text };
}

export function failed(instanceId: string, { code, message }: Reason): RebootOutcome {
  return { instanceId, action: 'Failed', code, message };
}

export function expired(instanceId: string, { code, message }: Reason): RebootOutcome {
  return { instanceId, action: 'Expired', code, message };
}
