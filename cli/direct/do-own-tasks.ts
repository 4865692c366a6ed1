import { recordOf } from '../../shared/record.ts';
import { plain } from '../show.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../text.ts';
import type { Direct } from './direct-call.ts';
import type { OwnTask } from './process-queue.ts';

/** A restart or a removal that did not happen, and why. */
export type Undone = { readonly taskId: string; readonly instanceIds: readonly string[]; readonly message: string };

/** Does the restarts and removals that wait, at their times → those that did not happen. */
export async function doOwnTasks(own: Direct, token: string, { say }: Terminal): Promise<readonly Undone[]> {
  const waiting = own
    .tasks()
    .filter(({ of, state }) => of !== 'itself' && (state === 'Enqueued' || state === 'Running'));
  const last = Math.max(...waiting.map(({ dueAt }) => dueAt));
  if (waiting.length > 0) {
    say(
      `This process does ${counted(waiting.length, 'wave')} itself, the last from ${new Date(last).toISOString()} on: keep it running. ` +
        `If it is stopped, what has not restarted stays as it is, and its key still works; the same command with --token ${token} goes on.`,
    );
  }
  const undone: Undone[] = [];
  await own.finish((task, error) => {
    if (task.of === 'itself' && error === undefined) return;
    const { instanceIds } = read(task);
    const what = task.of === 'removals' ? 'a removal' : 'a wave';
    say(
      error === undefined
        ? `${what} of ${counted(instanceIds.length, 'instance')} is done`
        : `${what} failed: ${plain(textOf(error))}`,
    );
    if (error !== undefined) undone.push({ taskId: task.id, instanceIds, message: textOf(error) });
  });
  return undone;
}

function read({ payload }: OwnTask): { instanceIds: string[] } {
  const ids = recordOf(JSON.parse(payload))['InstanceIds'];
  return { instanceIds: Array.isArray(ids) ? ids.map(String) : [] };
}

/** The message is an answer as JSON: which instances failed, and why. */
function textOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  try {
    const { Results, Message } = recordOf(JSON.parse(message));
    const items = recordOf(Results)['Result'];
    if (!Array.isArray(items)) return String(Message);
    const failed = items.map(recordOf).filter(({ Success }) => Success === 'false');
    return failed.map(({ InstanceId, Code }) => `${InstanceId} ${Code}`).join(', ');
  } catch {
    return message;
  }
}
