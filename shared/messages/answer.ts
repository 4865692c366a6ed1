/** What a function that works off a message did about one of its instances. */
type Done = {
  readonly instanceId: string;
  readonly action: string;
  readonly code: string;
  readonly message: string;
  readonly evidence?: object;
};

/** Such an outcome is thrown: what did not happen has to reach `onFailure`. */
export function isFailure({ action }: Pick<Done, 'action'>): boolean {
  return action === 'Failed' || action === 'Expired';
}

/** The answer to a message, all leaf values texts as those of detach-key-pair. */
export function answerOf(requestId: string, outcomes: readonly Done[]) {
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
        ...(outcome.evidence && { Evidence: outcome.evidence }),
      })),
    },
  };
}

/** How many instances each action has, for the log. */
export function countActions(outcomes: readonly Pick<Done, 'action'>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { action } of outcomes) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}
