export function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
/** The value as a record; an empty one for everything else, so that reading on finds nothing. */
export function recordOf(value) {
  return isRecord(value) ? value : {};
}
/** The value when it is a string that says something. */
export function textOf(value) {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
