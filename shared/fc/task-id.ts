import { createHash } from 'node:crypto';

/** `kind-<sha256>`, then `-n` for the nth task after it that does the same work, and `-x…` where n is not known. */
export const TASK_ID = '^(?:reboot|remove|continue|complete)-[0-9a-f]{64}(?:-x[0-9a-f]{8}|-[0-9]{1,6}){0,4}$';
const IS_TASK_ID = new RegExp(TASK_ID);
const NUMBER = /-([0-9]{1,6})$/;

/** Whether one of the functions gave this id to a task. */
export function isTaskId(text: string): boolean {
  return IS_TASK_ID.test(text);
}

/** The id of the task that goes on where this one ends: it is known beforehand, so that the later ones can be found. */
export function nextTaskId(taskId: string, steps = 1): string {
  const number = NUMBER.exec(taskId)?.[1];
  const base = number === undefined ? taskId : taskId.slice(0, -(number.length + 1));
  return `${base}-${Number(number ?? 0) + steps}`;
}

/** 8 hexadecimal digits that a text determines: what `distinctTaskId` takes. */
export function distinctOf(text: string): string {
  return sha256(text).slice(0, 8);
}

/** SHA-256 of a text, hexadecimal: ids of tasks are made of it. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** An id beside those, for work that cannot be told from other work by its place among them. */
export function distinctTaskId(taskId: string, distinct: string): string {
  return `${taskId}-x${distinct}`;
}
