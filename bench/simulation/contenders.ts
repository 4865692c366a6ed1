import { DefaultRateLimiter } from '@smithy/util-retry';
import { createRateLimiter } from '../../shared/retry/rate-limiter.ts';
import type { SimulatedClock } from './clock.ts';

/** Makes one call until it passes. `call` says whether the server let it through. */
export type Contender = (call: () => Promise<boolean>) => Promise<void>;
export type CreateContender = (clock: SimulatedClock, random: () => number) => Contender;

export const ours: CreateContender = (clock, random) => {
  const limiter = createRateLimiter({ deadline: Number.POSITIVE_INFINITY, random, clock });
  return async (call) => {
    for (;;) {
      const permit = await limiter.acquire();
      if (await call()) return permit?.passed();
      permit?.throttled();
    }
  };
};

/** The rate limiter of the AWS SDK's adaptive mode, with that mode's own backoff after a refusal. */
export const aws: CreateContender = (clock, random) => {
  // Both are private, and the only ways to its time.
  DefaultRateLimiter['setTimeoutFn'] = (resolve: () => void, ms: number) =>
    clock.after(Math.max(1, Math.ceil(ms)), resolve);
  const value = () => clock.now() / 1_000;
  Object.defineProperty(DefaultRateLimiter.prototype, 'getCurrentTimeInSeconds', { value, configurable: true });
  const limiter = new DefaultRateLimiter();
  return async (call) => {
    for (let attempt = 1; ; attempt++) {
      await limiter.getSendToken();
      if (await call()) return limiter.updateClientSendingRate({});
      limiter.updateClientSendingRate({ errorType: 'THROTTLING' });
      await clock.sleep(Math.floor(random() * Math.min(20_000, 500 * 2 ** (attempt - 1))));
    }
  };
};

export const backoff: CreateContender = (clock, random) => async (call) => {
  for (let attempt = 1; !(await call()); attempt++) {
    await clock.sleep(random() * Math.min(20_000, 100 * 2 ** (attempt - 1)));
  }
};
