export type Throttle = {
  /** Whether a call that arrives at this moment is let through. */
  take(now: number): boolean;
  /** When the next call is let through, at the earliest. */
  opensAt(now: number): number;
};

/** A bucket of `burst` calls, full at first, that fills up by so many a second; the rate may change with time. */
export function bucket(perSecond: number | ((now: number) => number), burst: number): Throttle {
  const rateAt = typeof perSecond === 'number' ? () => perSecond : perSecond;
  let level = burst;
  let filledAt: number | undefined;
  const fill = (now: number) => {
    level = Math.min(burst, level + ((now - (filledAt ?? now)) / 1_000) * rateAt(now));
    filledAt = now;
  };
  return {
    take(now) {
      fill(now);
      if (level < 1 - 1e-6) return false;
      level -= 1;
      return true;
    },
    opensAt(now) {
      fill(now);
      return level >= 1 - 1e-6 ? now : now + ((1 - level) / rateAt(now)) * 1_000;
    },
  };
}

/** So many calls in each minute of the clock. */
export function minutes(limit: number): Throttle {
  let minute = Number.NaN;
  let taken = 0;
  const turn = (now: number) => {
    if (Math.floor(now / 60_000) === minute) return;
    minute = Math.floor(now / 60_000);
    taken = 0;
  };
  return {
    take(now) {
      turn(now);
      if (taken >= limit) return false;
      taken += 1;
      return true;
    },
    opensAt(now) {
      turn(now);
      return taken < limit ? now : (minute + 1) * 60_000;
    },
  };
}
