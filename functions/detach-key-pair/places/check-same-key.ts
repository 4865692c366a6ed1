import { isSameKey } from '../../../shared/public-key.ts';
import type { Place } from '../request/place.ts';
import { RequestError } from '../request/request-error.ts';
import { readShownKey, type Searched } from './search.ts';

/** Places are named so far. */
const MAX_NAMED = 20;

/**
 * One name in several places may be several keys: throws unless all places that have it show one and the same key.
 * A place that could not be read is not acted on, and does not count.
 */
export function checkSameKey(keyPairName: string, searched: readonly Searched[]): void {
  const holdings = searched.flatMap((place) => place.holdings);
  if (holdings.length < 2) return;
  const shown = holdings.map(({ where, shownKey }) => ({ where, key: readShownKey(shownKey) }));
  const unshown = shown.filter(({ key }) => key === undefined).map(({ where }) => where);
  const keys = shown.flatMap(({ where, key }) => (key ? [{ where, key }] : []));
  const first = keys[0]?.key;
  const others = keys.filter(({ key }) => first && !isSameKey(key, first)).map(({ where }) => where);
  if (unshown.length === 0 && others.length === 0) return;
  const same = keys.filter(({ where }) => !others.includes(where)).map(({ where }) => where);
  const facts = [
    ...(others.length > 0 ? [`${named(same)} and ${named(others)} hold different keys`] : []),
    ...(unshown.length > 0 ? [`${named(unshown)} shows no key that can be read`] : []),
  ];
  throw new RequestError(
    400,
    'InvalidParameter',
    `The specified parameter "KeyPairName" is not valid: key pairs of the name ${keyPairName} may be different keys: ${facts.join('; ')}. Nothing was detached. Ask by PublicKey, name fewer places, or set AllowDifferentKeys to true.`,
  );
}

function named(places: readonly Place[]): string {
  const names = places
    .slice(0, MAX_NAMED)
    .map(({ regionId, roleArn }) => (roleArn ? `${regionId} (${roleArn})` : regionId));
  const more = places.length > MAX_NAMED ? ` and ${places.length - MAX_NAMED} more` : '';
  return `${names.join(', ')}${more}`;
}
