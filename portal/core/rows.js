/** The last thing known of every instance, in the order of the first request. */
export function rowsOf({ parts }) {
  const rows = new Map();
  for (const part of parts) for (const row of rowsOfPart(part)) rows.set(row.id, row);
  return [...rows.values()];
}
export function countsOf(rows) {
  const counts = { detached: 0, failed: 0, unknown: 0, 'not sent': 0, total: rows.length, notRestarting: 0 };
  for (const row of rows) {
    counts[row.state]++;
    if (isNotRestarting(row)) counts.notRestarting++;
  }
  return counts;
}
/** What another try is for: what failed, and what was detached but could not be queued for its restart. */
export function toRetry(rows) {
  return rows.filter((row) => row.state === 'failed' || isNotRestarting(row)).map(({ id }) => id);
}
function isNotRestarting({ restart }) {
  return restart !== undefined && !restart.queued;
}
function rowsOfPart({ ids, sent, done }) {
  if (done) return done.outcomes.map(({ ok, ...outcome }) => ({ ...outcome, state: ok ? 'detached' : 'failed' }));
  if (!sent) return ids.map((id) => ({ id, state: 'not sent', code: 'NotSent', message: 'It was not sent.' }));
  const message = 'It was sent, and no answer has come: it may have been detached.';
  return ids.map((id) => ({ id, state: 'unknown', code: 'NoAnswer', message }));
}
