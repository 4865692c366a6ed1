// What only a request needs that leaves something owed: a file beside index.js, loaded when used (build/lazy.ts).
export { handOver } from './hand-over.ts';
export { enqueueAgain, enqueueCompletion } from './queue/completion.ts';
export { rebootSection } from './queue/enqueue-reboots.ts';
export { onlineSection } from './queue/removals.ts';
