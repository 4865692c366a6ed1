/** What was done about one instance. */
export type Action =
  | 'Rebooted'
  | 'Skipped.AlreadyRestarted'
  | 'Skipped.Stopped'
  | 'Skipped.NotFound'
  | 'Skipped.Disabled'
  | 'Failed'
  | 'Expired';

export type RebootOutcome = {
  readonly instanceId: string;
  readonly action: Action;
  readonly code: string;
  readonly message: string;
  /** Another run could finish it. */
  readonly retryable: boolean;
};

const MESSAGES = {
  Rebooted: 'The instance is restarting.',
  'Skipped.AlreadyRestarted': 'The instance has started since the detach: the change is in effect.',
  'Skipped.Stopped': 'The instance is stopped: the change takes effect when it is started.',
  'Skipped.NotFound': 'The instance is gone.',
  'Skipped.Disabled': 'Reboots are switched off by REBOOTS_DISABLED.',
} as const;

export function done(instanceId: string, action: keyof typeof MESSAGES): RebootOutcome {
  return { instanceId, action, code: '200', message: MESSAGES[action], retryable: false };
}

type Why = { readonly code: string; readonly message: string };

export function failed(instanceId: string, { code, message }: Why, retryable: boolean): RebootOutcome {
  return { instanceId, action: 'Failed', code, message, retryable };
}

export function expired(instanceId: string, { code, message }: Why): RebootOutcome {
  return { instanceId, action: 'Expired', code, message, retryable: false };
}

/** The answer, all leaf values texts as those of detach-key-pair. */
export function summarize(requestId: string, outcomes: readonly RebootOutcome[]) {
  return {
    RequestId: requestId,
    TotalCount: String(outcomes.length),
    FailCount: String(outcomes.filter(isFailure).length),
    Results: {
      Result: outcomes.map((outcome) => ({
        InstanceId: outcome.instanceId,
        Code: outcome.code,
        Message: outcome.message,
        Success: String(!isFailure(outcome)),
        Action: outcome.action,
      })),
    },
  };
}

function isFailure({ action }: RebootOutcome): boolean {
  return action === 'Failed' || action === 'Expired';
}
