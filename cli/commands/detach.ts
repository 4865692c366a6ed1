import { randomBytes } from 'node:crypto';
import { lookAt } from '../look.ts';
import { counted, itemsOf, tellCodes, tellItems, tellPlaces } from '../report.ts';
import { type Choice, changeOf, choiceOf, isWide, type RequestOptions, type Where, whereOf } from '../request.ts';
import { runAtOnce } from '../run-at-once.ts';
import { runInParts } from '../run-in-parts.ts';
import type { State } from '../state.ts';
import { RefusedError, type Terminal, UsageError } from '../terminal.ts';
import type { OwnTask } from '../transport/process-queue.ts';
import type { Send } from '../transport/transport.ts';

export type DetachOptions = RequestOptions & { readonly token?: string; readonly yes?: boolean };

/** Where a detach is carried out, and what has to be done after the answers: the waves of `--direct`. */
export type Carrier = {
  readonly send: Send;
  readonly tasks: () => readonly OwnTask[];
  readonly finish: () => Promise<readonly string[]>;
};

export type Detaching = {
  readonly terminal: Terminal;
  readonly stateOf: (token: string) => State;
  /** `kept`: what an interrupted run with the same token still owes. */
  readonly carrierOf: (kept: readonly OwnTask[], keep: (tasks: readonly OwnTask[]) => void) => Promise<Carrier>;
  /** Asks for a text → what was typed. */
  readonly ask: (question: string) => Promise<string>;
  /** Told how to go on, for whoever interrupts. */
  readonly onToken: (token: string) => void;
};

/** Dry run → summary → confirmation → the run → what failed. Returns the exit code. */
export async function detach(options: DetachOptions, io: Detaching): Promise<number> {
  const { terminal } = io;
  const where = whereOf(options);
  const choice = choiceOf(options);
  const change = changeOf(options);
  const token = checkToken(options.token ?? newToken());
  const state = io.stateOf(token);
  const saved = state.load();
  let tasks = saved?.tasks ?? [];
  let keepTasks = () => {};
  const carrier = await io.carrierOf(tasks, (changed) => {
    tasks = changed;
    keepTasks();
  });
  if (!terminal.isInteractive && !options.yes) {
    throw new UsageError('without a terminal to confirm in, detach needs --yes');
  }

  let found = choice;
  if (saved) {
    terminal.err(`Going on with ${token}.`);
  } else {
    found = await preview(where, choice, change, carrier.send, terminal);
    if (!options.yes) await confirm(where, io);
    terminal.err(`Interrupted, the same command with --token ${token} goes on.`);
  }
  io.onToken(token);
  const isAtOnce = isWide(where) || options.maxErrors !== undefined;
  const run = isAtOnce ? runAtOnce : runInParts;
  return run({
    where,
    choice: isWide(where) ? choice : found,
    change,
    options,
    token,
    state,
    carrier,
    terminal,
    saved,
    tasks: () => tasks,
    onKeepTasks: (keep) => {
      keepTasks = keep;
    },
  });
}

/** Tells what would happen → the instances that it was about. Throws where there is nothing to do. */
async function preview(where: Where, choice: Choice, change: object, send: Send, terminal: Terminal): Promise<Choice> {
  // What an earlier request has detached is not bound any more: a dry run has nothing to say of it.
  if ('DetachedSince' in change) return choice;
  const mode = { DryRun: true, ...('Online' in change && { Online: true }) };
  const body = await lookAt(where, choice, mode, { send, terminal, label: 'Looked at' });
  const items = itemsOf(body);
  terminal.err(`Dry run: ${counted(items.length, 'instance')}`);
  tellCodes(items, terminal);
  tellItems(
    items.filter(({ Success }) => Success !== 'true'),
    terminal,
  );
  tellPlaces(body, terminal);
  if (items.length === 0) throw new RefusedError('nothing was found that has this key: nothing was changed');
  return 'InstanceIds' in choice ? choice : { InstanceIds: items.map(({ InstanceId }) => String(InstanceId)) };
}

async function confirm({ KeyPairName, RegionId, RoleArn }: Where, { ask, terminal }: Detaching): Promise<void> {
  const name = KeyPairName ?? 'detach';
  const regions = Array.isArray(RegionId) ? RegionId.join(', ') : RegionId;
  terminal.err(`Region ${regions}, account ${RoleArn === undefined ? 'of these credentials' : RoleArn}.`);
  terminal.err('Afterwards sign-in is by user name and password; where none was ever set, no one can log in.');
  const typed = await ask(`Type ${name} to take the key off`);
  if (typed.trim() !== name) throw new RefusedError('not confirmed: nothing was changed');
}

/** A part's own number is added to it, and the function takes 64 characters. */
const MOST_TOKEN = 56;

function checkToken(token: string): string {
  if (/^[!-~]+$/.test(token) && token.length <= MOST_TOKEN) return token;
  throw new UsageError(`--token takes 1 to ${MOST_TOKEN} printable ASCII characters without blanks`);
}

function newToken(): string {
  return `cli-${new Date().toISOString().slice(0, 10)}-${randomBytes(4).toString('hex')}`;
}
