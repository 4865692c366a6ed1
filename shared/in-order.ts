/** The reason of an outcome that is made because there is none. */
export const LOST = { code: 'OutcomeUnknown', message: 'Nothing is known of this instance.' };

/** One outcome for each id, in the order of the ids. An id without one gets `missing`'s: none is ever left out. */
export function inOrder<T extends { readonly instanceId: string }>(
  ids: readonly string[],
  outcomes: readonly T[],
  missing: (instanceId: string) => T,
): T[] {
  const byId = new Map(outcomes.map((outcome) => [outcome.instanceId, outcome]));
  return ids.map((id) => byId.get(id) ?? missing(id));
}
