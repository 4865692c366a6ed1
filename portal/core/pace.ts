export type Pace = {
  /** Instances a second; undefined before anything is done. */
  readonly perSecond: number | undefined;
  readonly secondsLeft: number | undefined;
};

/** How fast it goes and how long it will take, from what was done since it was started or gone on with. */
export function paceOf(done: number, left: number, elapsedMs: number): Pace {
  if (done === 0 || elapsedMs <= 0) return { perSecond: undefined, secondsLeft: undefined };
  const perSecond = (done * 1_000) / elapsedMs;
  return { perSecond, secondsLeft: left / perSecond };
}
