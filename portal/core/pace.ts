/** How long it will take, from what was done since it was started or gone on with; undefined before anything is done. */
export function secondsLeft(done: number, left: number, elapsedMs: number): number | undefined {
  return done === 0 || elapsedMs <= 0 ? undefined : (left * elapsedMs) / done / 1_000;
}
