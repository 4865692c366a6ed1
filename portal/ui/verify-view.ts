import { csvOf } from '../core/csv.ts';
import { type DryRun, lookThrough } from '../core/dry-run.ts';
import type { Job } from '../core/job.ts';
import { labelOf } from '../core/labels.ts';
import { count, counted } from '../core/pace.ts';
import { type Proof, type ProofLink, proofOf, proofRequests } from '../core/proof.ts';
import type { Item } from '../core/reply.ts';
import type { ConnectionPanel } from './connection.ts';
import { button, fill, h } from './dom.ts';
import { download } from './download.ts';
import { figures } from './figures.ts';
import { instanceList } from './instance-list.ts';
import { announce } from './live.ts';
import { notice, refusalNotice } from './notice.ts';
import { proofForm } from './proof-form.ts';
import { timeOf } from './result-step.ts';
import { tokenForm } from './token-form.ts';

type Asking = {
  readonly connection: ConnectionPanel /** It was asked for just now: it begins by itself. */;
  readonly isAsked: boolean;
};

/** Whether an earlier detach is real: which instances have restarted since, and which are still to come. */
export function verifyView(link: ProofLink, job: Job | undefined, { connection, isAsked }: Asking): HTMLElement {
  const found = proofFor(link, job);
  const heading = h('h2', { tabindex: -1 }, 'Verify a detach');
  const content = found ? proving(found, { connection, isAsked }) : asking(link, connection);
  return h(
    'section',
    { class: 'verify card' },
    h('p', {}, h('a', { href: '#', class: 'back' }, 'Back to detaching')),
    heading,
    content,
  );
}

function proofFor(link: ProofLink, job: Job | undefined): Proof | undefined {
  if (link.kind === 'proof') return link.proof;
  return link.kind === 'job' && job?.id === link.jobId ? proofOf(job) : undefined;
}

function asking(link: ProofLink, connection: ConnectionPanel): HTMLElement {
  const element = h('div', {});
  const why =
    link.kind === 'job'
      ? 'The instances of this detach were too many for its link, and the tab that ran it is gone. Paste their ids, or the CSV of its result.'
      : 'Say which detach.';
  fill(
    element,
    h('p', {}, why),
    proofForm((proof) => fill(element, proving(proof, { connection, isAsked: true }))),
  );
  return element;
}

function proving(proof: Proof, { connection, isAsked }: Asking): HTMLElement {
  const { regionId, keyPairName } = proof.target;
  const total = proof.groups.reduce((sum, { ids }) => sum + ids.length, 0);
  const panel = h('div', { class: 'proof' });
  const check = async () => {
    if (!connection.check()) return;
    again.disabled = true;
    fill(panel, h('p', { class: 'busy', role: 'status' }, 'Looking at the instances…'));
    const found = await lookThrough(proofRequests(proof), { ask: connection.ask });
    again.disabled = false;
    fill(again, 'Check again');
    fill(panel, ...shown(found));
  };
  const shown = (found: DryRun): readonly HTMLElement[] => {
    if (found.kind === 'found') return findings(found.items, keyPairName);
    if (found.kind === 'too many')
      return [
        notice(
          'bad',
          'Too many to list',
          h('p', {}, 'MAX_RESPONSE_BYTES of the function is too small for a thousand instances.'),
        ),
      ];
    const { reply } = found;
    if (reply.kind !== 'refusal' || !reply.asksForToken) return [refusalNotice(reply)];
    const withToken = (token: string) => {
      connection.useToken(token);
      check();
    };
    return [refusalNotice(reply, tokenForm('Check again', withToken))];
  };
  const again = button('Verify', check, { class: 'button main' });
  if (isAsked) check();
  const since = proof.groups.map((group) => group.since).sort((one, other) => one - other);
  return h(
    'div',
    {},
    h(
      'p',
      {},
      h('strong', {}, keyPairName),
      ` in ${regionId}, ${counted(total, 'instance')}, detached by ${moment(since[0])}`,
      since.length > 1 && ` to ${moment(since.at(-1))}`,
      '.',
    ),
    h(
      'div',
      { class: 'actions' },
      again,
      h(
        'p',
        { class: 'hint' },
        'Changes nothing. ECS tells the start of an instance to the minute: a restart in the minute of the detach does not count.',
      ),
    ),
    panel,
  );
}

function findings(items: readonly Item[], keyPairName: string): readonly HTMLElement[] {
  const having = (code: string) => items.filter((item) => item.code === code).length;
  const [revoked, pending, bound] = ['Verify.Revoked', 'Verify.RebootPending', 'Verify.StillBound'].map(having);
  const rest = items.length - (revoked ?? 0) - (pending ?? 0) - (bound ?? 0);
  announce(`${count(revoked ?? 0)} of ${counted(items.length, 'instance')} revoked, ${count(pending ?? 0)} pending.`);
  return [
    figures([
      { number: revoked ?? 0, what: 'revoked', tone: 'good' },
      { number: pending ?? 0, what: 'restart pending', tone: 'wait' },
      { number: bound ?? 0, what: 'still bound', tone: 'bad' },
      ...(rest > 0 ? [{ number: rest, what: 'not known', tone: 'bad' } as const] : []),
    ]),
    h('p', { class: 'hint' }, `As of ${timeOf(Date.now())}.`),
    instanceList(items, {
      label: 'Whether the detach is real, by instance',
      labelOf: ({ code }) => labelOf(code),
      nameOf: (code) => labelOf(code).text,
    }),
    h(
      'div',
      { class: 'actions' },
      button('Download CSV', () =>
        download(
          `${keyPairName}-verified.csv`,
          csvOf(
            ['InstanceId', 'Code', 'Message'],
            items.map(({ id, code, message }) => [id, code, message]),
          ),
        ),
      ),
    ),
  ];
}

function moment(at: number | undefined): string {
  return new Date(at ?? 0)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace('T', ' ');
}
