/** So many single instances, refused with one code while none was taken, are no coincidence. */
const GENERAL = 3;

/** What refusals of whole calls have taught: whether they are about single instances or about every call. */
export type Refusals = {
  passed(): void;
  /** An instance was refused in a call of its own. */
  refusedAlone(code: string): void;
  /** `suspected`: one more single instance decides. `proven`: no instance can be expected to pass. */
  verdict(code: string): 'single' | 'suspected' | 'proven';
};

export function createRefusals(): Refusals {
  const alone = new Map<string, number>();
  let hasPassed = false;
  return {
    passed() {
      hasPassed = true;
    },
    refusedAlone(code) {
      alone.set(code, (alone.get(code) ?? 0) + 1);
    },
    verdict(code) {
      const count = alone.get(code) ?? 0;
      if (hasPassed || count < GENERAL) return 'single';
      return count === GENERAL ? 'suspected' : 'proven';
    },
  };
}
