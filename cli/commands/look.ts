import { proofOf, proofRequests } from '../../portal/core/proof.ts';
import { ask } from '../call/ask.ts';
import { connect } from '../call/connect.ts';
import { EXIT, type ExitCode, Refused, WrongUse } from '../failure.ts';
import type { LookOptions, VerifyOptions } from '../options.ts';
import { readTime } from '../request/restarts.ts';
import { readChoice, readScope } from '../request/scope.ts';
import { type Found, type Looked, look, lookRequests } from '../run/look.ts';
import { runBook } from '../run/run.ts';
import { runStore, stateFolder } from '../run/state-folder.ts';
import type { Session } from '../session.ts';
import { plain, showTable } from '../show.ts';
import { counted } from '../text.ts';
import { failedWhole } from './detach.ts';

/** What a detach would do, instance by instance; changes nothing. */
export async function dryRun(options: LookOptions, session: Session): Promise<ExitCode> {
  const { terminal } = session;
  const requests = lookRequests(readScope(options), readChoice(options), {
    DryRun: true,
    ...(options.online && { Online: true }),
  });
  const connection = connect(options, session);
  const looked = await look(requests, (fields) => ask(fields, connection, terminal));
  return conclude(looked, session, 'would be detached');
}

/** Whether the key pair is off, and the instance has restarted since; changes nothing. */
export async function verify(options: VerifyOptions, session: Session): Promise<ExitCode> {
  const { terminal } = session;
  const requests = verifyRequests(options, session);
  const connection = connect(options, session);
  const once = () => look(requests, (fields) => ask(fields, connection, terminal));
  if (!options.watch) return conclude(await once(), session, 'revoked');
  session.onInterrupt(() => 'Interrupted. The rollout goes on without being watched.');
  return conclude(await watched(once, session), session, 'revoked');
}

/** Between two looks: each costs a call of ECS for a hundred instances. */
const PAUSE_MS = { least: 5_000, most: 60_000, perInstance: 20 };
/** A rollout in which nothing has changed for so long is over, or stuck. */
const STILL_MS = 30 * 60_000;

async function watched(once: () => Promise<Looked>, { terminal }: Session): Promise<Looked> {
  let [last, changedAt] = ['', Date.now()];
  for (;;) {
    const looked = await once();
    if (looked.kind !== 'found') return looked;
    const pending = looked.found.filter(({ code }) => code === 'Verify.RebootPending').length;
    const revoked = looked.found.filter(({ ok }) => ok).length;
    const text = `${revoked} of ${counted(looked.found.length, 'instance')} revoked, ${pending} waiting for their restart`;
    if (text !== last) {
      terminal.say(text);
      [last, changedAt] = [text, Date.now()];
    }
    if (pending === 0 || Date.now() - changedAt > STILL_MS) return looked;
    await sleep(Math.min(PAUSE_MS.most, Math.max(PAUSE_MS.least, looked.found.length * PAUSE_MS.perInstance)));
  }
}

function verifyRequests(options: VerifyOptions, { variables }: Session): readonly object[] {
  const { token, since } = options;
  if (token === undefined) {
    if (since === undefined) throw new WrongUse('Say since when: --since TIME of the detach, or --token of its run');
    return lookRequests(readScope(options), readChoice(options), {
      Verify: true,
      VerifySince: readTime(since, '--since'),
    });
  }
  if (
    [since, options.instances, options.all, options.region, options.keyPair, options.publicKey].some(
      (given) => given !== undefined,
    )
  ) {
    throw new WrongUse(
      '--token knows the key pair, the instances, and since when: leave out --region, --key-pair, --instances, --all and --since',
    );
  }
  const known = runBook(runStore(stateFolder(variables), token)).load();
  if (!known) throw new WrongUse(`Nothing is kept of a run ${token} on this machine: give --instances and --since`);
  const requests = proofRequests(proofOf(known.job).groups);
  if (requests.length === 0) throw new WrongUse(`The run ${token} has detached nothing: there is nothing to verify`);
  return requests;
}

function conclude(looked: Looked, session: Session, what: string): ExitCode {
  const { terminal } = session;
  if (looked.kind === 'too many')
    throw new Refused('There are more instances than one answer lists: narrow them by --tag or --region');
  if (looked.kind === 'failed') return failedWhole(looked, session);
  const { found, unread, body } = looked;
  const bad = found.filter(({ ok }) => !ok);
  showTable(bad, terminal);
  for (const place of unread)
    terminal.say(
      `Not read: ${plain(String(place['RegionId']))}: ${plain(String(place['Code']))} ${plain(String(place['Message']))}`,
    );
  terminal.say(summaryOf(found, bad, what));
  if (terminal.wantsJson) terminal.answer(body);
  return bad.length + unread.length > 0 ? EXIT.someFailed : EXIT.done;
}

function summaryOf(found: readonly Found[], bad: readonly Found[], what: string): string {
  return `${counted(found.length, 'instance')}: ${found.length - bad.length} ${what}, ${bad.length} not`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
