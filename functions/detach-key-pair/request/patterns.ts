/** By code points, not UTF-16 units; http:// and https:// cannot match for their slashes. */
export const KEY_PAIR_NAME = '^\\p{L}[\\p{L}0-9.:_-]{1,127}$';
export const ROLE_ARN = '^acs:ram::[0-9]+:role/\\S+$';
/** Of one filter. */
export const MAX_TAGS = 20;
