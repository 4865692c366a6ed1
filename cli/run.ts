import type { UnknownRecord } from '../shared/record.ts';
import type { Carrier } from './commands/detach.ts';
import { counted, itemsOf, listOf, tellItems, tellPlaces } from './report.ts';
import type { Choice, RequestOptions, Where } from './request.ts';
import type { Saved, State } from './state.ts';
import { EXIT, type Terminal } from './terminal.ts';
import type { OwnTask } from './transport/process-queue.ts';

/** A confirmed detach. */
export type Run = {
  readonly where: Where;
  readonly choice: Choice;
  /** The fields beside where and which. */
  readonly change: object;
  readonly options: RequestOptions;
  readonly token: string;
  readonly state: State;
  readonly saved: Saved | undefined;
  readonly carrier: Carrier;
  readonly terminal: Terminal;
  readonly tasks: () => readonly OwnTask[];
  readonly onKeepTasks: (keep: () => void) => void;
};

/** Does what is still owed, and tells how it ended → exit code. What is done leaves no state behind. */
export async function conclude(body: UnknownRecord, isWhole: boolean, run: Run): Promise<number> {
  const { terminal, carrier, state, token } = run;
  const failed = itemsOf(body).filter(({ Success }) => Success !== 'true');
  const waves = carrier.tasks().filter(({ state: of }) => of === 'Enqueued').length;
  if (waves > 0) {
    terminal.err(
      `${counted(waves, 'task')} to do, restarts above all. This process does them: if it is stopped, none of them happens until the same command with --token ${token} is run again.`,
    );
  }
  const unfinished = await carrier.finish();
  for (const line of unfinished) terminal.err(line);

  const notQueued = ['Reboot', 'Online'].flatMap((name) =>
    listOf(Object(body[name]).Tasks).filter(({ Status }) => Status === 'Failed'),
  );
  terminal.err(
    `${Number(body['TotalCount']) - Number(body['FailCount'])} of ${counted(Number(body['TotalCount']), 'instance')} detached, ${body['FailCount']} failed.`,
  );
  tellItems(failed, terminal);
  tellPlaces(body, terminal);
  for (const { InstanceIds, Code, Message } of notQueued) {
    terminal.err(`Not queued (${Code}: ${Message}): ${String(InstanceIds).replaceAll(',', ' ')}`);
  }
  if (!terminal.isOutputForPeople) terminal.out(JSON.stringify(body));
  const isDone =
    isWhole &&
    body['FailCount'] === '0' &&
    notQueued.length + unfinished.length === 0 &&
    Number(body['PlaceFailCount'] ?? 0) === 0;
  if (isDone) state.clear();
  else terminal.err(`To try again what is left: the same command with --token ${token}.`);
  return isDone ? EXIT.done : EXIT.someFailed;
}
