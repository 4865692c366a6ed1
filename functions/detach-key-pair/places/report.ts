import type { Places } from '../answer/schema.ts';
import type { Failure, Outcome } from '../outcome.ts';
import { placeKey } from '../request/place.ts';
import type { Searched } from './search.ts';

/** One report a place: what was found there, what became of it, and why it was not searched whole. */
export function placesSection(searched: readonly Searched[], outcomes: readonly Outcome[]): Places {
  const counts = new Map(searched.map(({ place }) => [placeKey(place), { total: 0, failed: 0 }]));
  for (const { ok, where } of outcomes) {
    const count = where && counts.get(placeKey(where));
    if (!count) continue;
    count.total += 1;
    if (!ok) count.failed += 1;
  }
  return {
    Places: searched.map(({ place, keyPairNames, failure }) => {
      const { total, failed } = counts.get(placeKey(place)) ?? { total: 0, failed: 0 };
      return {
        RegionId: place.regionId,
        ...(place.roleArn !== undefined && { RoleArn: place.roleArn }),
        KeyPairNames: keyPairNames,
        TotalCount: String(total),
        FailCount: String(failed),
        Code: failure?.code ?? '200',
        Message: failure?.message ?? 'searched whole',
      };
    }),
    PlaceFailCount: String(searched.filter(({ failure }) => failure).length),
  };
}

/** The error that a wide request is answered with where it found nothing to work on; undefined where that is no error. */
export function refusalOf(
  searched: readonly Searched[],
  keyPairName: string | undefined,
): (Failure & { readonly status: number }) | undefined {
  const failures = searched.flatMap(({ failure }) => failure ?? []);
  const [first] = failures;
  if (first?.status !== undefined && failures.length === searched.length) {
    return failures.every(({ code }) => code === first.code) ? { ...first, status: first.status } : undefined;
  }
  const isNowhere = failures.length === 0 && searched.every(({ keyPairNames }) => keyPairNames.length === 0);
  return keyPairName !== undefined && isNowhere ? noSuchName(keyPairName) : undefined;
}

function noSuchName(keyPairName: string): Failure & { readonly status: number } {
  return {
    code: 'InvalidKeyPairName.NotFound',
    message: `The specified KeyPairName does not exist in our records: there is no key pair ${keyPairName} in any of the places that were asked for.`,
    why: 'rejected',
    status: 400,
    retryable: false,
  };
}
