import type { Described } from '../../../shared/ecs/describe-by-id.ts';

/** What is known of a batch beyond its ids; its parts share it. */
export type Known = {
  /** Sent without a readable answer since they were last described: may be detached already. */
  readonly doubts: Set<string>;
  descriptions: Described | undefined;
};

export function nothingKnown(): Known {
  return { doubts: new Set(), descriptions: undefined };
}
