import { markAnswered, markFailed, markSent, nextPart, partRequest } from './job.ts';

/** Before a request is sent again by itself: answers get lost, and a gateway may be busy for a moment. */
const PAUSES_MS = [1000, 4000];
/** Sends one part after the other until all are done, somebody stops it, or it needs somebody. */
export async function runJob(start, { ask, keep, isStopped, now = Date.now, pause = sleep }) {
  let job = start;
  const set = (next) => {
    job = next;
    keep(next);
  };
  for (let index = nextPart(job); index >= 0; index = nextPart(job)) {
    if (isStopped()) return { kind: 'stopped' };
    set(markSent(job, index, now()));
    const reply = await persistent(() => ask(partRequest(job, index)), { isStopped, pause });
    if (reply.kind === 'answer') {
      set(markAnswered(job, index, reply, now()));
    } else if (reply.kind === 'refusal' && reply.isOfEachInstance) {
      set(markFailed(job, index, reply, now()));
      // All of a request at once: whoever runs it decides whether the next one shall meet the same.
      if (nextPart(job) >= 0) return { kind: 'waits', for: reply };
    } else {
      return { kind: 'waits', for: reply };
    }
  }
  return { kind: 'finished' };
}
async function persistent(send, { isStopped, pause }) {
  let reply = await send();
  for (const ms of PAUSES_MS) {
    if (!isPassing(reply) || isStopped()) return reply;
    await pause(ms);
    reply = await send();
  }
  return reply;
}
function isPassing(reply) {
  if (reply.kind === 'refusal') return !reply.isOfEachInstance && [429, 502, 503, 504].includes(reply.status);
  return reply.kind === 'silence';
}
function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
