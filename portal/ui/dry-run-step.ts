import { type DryRun, dryRun } from '../core/dry-run.ts';
import { labelOf } from '../core/labels.ts';
import { count, counted } from '../core/pace.ts';
import { byCode } from '../core/pick.ts';
import type { Item } from '../core/reply.ts';
import type { Chosen } from './choose-step.ts';
import type { ConnectionPanel } from './connection.ts';
import { button, fill, h } from './dom.ts';
import { choice } from './field.ts';
import { figures } from './figures.ts';
import { instanceList } from './instance-list.ts';
import { announce } from './live.ts';
import { notice, refusalNotice } from './notice.ts';
import { tokenForm } from './token-form.ts';

const WOULD = 'DryRun.WouldDetach';

/** Why a person may want to send an instance all the same. */
const HINTS: Readonly<Record<string, string>> = {
  'DryRun.NotBound':
    'Nothing to detach. It would only be restarted, if you choose restarts: for an instance that was detached before and has not restarted since.',
};

/** What would happen, always looked at first; then which instances it shall happen to. */
export function dryRunStep(
  chosen: Chosen,
  connection: ConnectionPanel,
  onDecided: (ids: readonly string[]) => void,
): HTMLElement {
  const element = h('div', {});
  const look = async () => {
    fill(element, h('p', { class: 'busy', role: 'status' }, 'Looking at the instances…'));
    const found = await dryRun(chosen.target, chosen.choice, {
      ask: connection.ask,
      onProgress: (done, total) => {
        if (done > 0) announce(`${count(done)} of ${counted(total, 'request')} looked at.`);
      },
    });
    fill(element, content(found));
  };
  const content = (found: DryRun): HTMLElement => {
    if (found.kind === 'failed') return failure(found.reply, connection, look);
    if (found.kind === 'too many') return tooMany();
    if (found.items.length === 0)
      return notice('plain', 'No instance', h('p', {}, 'No instance of this region has this key pair and these tags.'));
    return findings(found.items, onDecided);
  };
  look();
  return element;
}

function failure(reply: Extract<DryRun, { kind: 'failed' }>['reply'], connection: ConnectionPanel, again: () => void) {
  const canHelp = reply.kind === 'refusal' && reply.asksForToken;
  return refusalNotice(
    reply,
    canHelp
      ? tokenForm('Look again', (token) => {
          connection.useToken(token);
          again();
        })
      : h('div', { class: 'actions' }, button('Look again', again)),
  );
}

function tooMany(): HTMLElement {
  return notice(
    'bad',
    'Too many to list',
    h(
      'p',
      {},
      'The answer could not hold all of the instances (MAX_RESPONSE_BYTES), so there is no telling which they are. Choose fewer at a time.',
    ),
  );
}

function findings(items: readonly Item[], onDecided: (ids: readonly string[]) => void): HTMLElement {
  const would = items.filter(({ code }) => code === WOULD);
  const others = byCode(items.filter(({ code }) => code !== WOULD)).map((group) => {
    const box = h('input', { type: 'checkbox', onchange: () => show() });
    const { text } = labelOf(group.code);
    const label = `${text}: send ${group.count === 1 ? 'it' : `these ${count(group.count)}`} all the same`;
    return { code: group.code, box, element: choice(box, label, HINTS[group.code] ?? group.message) };
  });
  const go = button('', () => onDecided(decided()), { class: 'button main' });
  const left = h('p', { class: 'hint' });
  const decided = (): string[] => {
    const codes = new Set([WOULD, ...others.filter(({ box }) => box.checked).map(({ code }) => code)]);
    return items.filter(({ code }) => codes.has(code)).map(({ id }) => id);
  };
  const show = () => {
    const sent = decided().length;
    go.disabled = sent === 0;
    fill(go, sent === 0 ? 'Nothing to do' : `Go on with ${counted(sent, 'instance')}`);
    fill(left, sent < items.length && `${counted(items.length - sent, 'instance')} left out.`);
  };
  show();
  const sum = `${count(would.length)} of ${counted(items.length, 'instance')} would be detached.`;
  announce(sum);
  return h(
    'div',
    {},
    figures([
      { number: would.length, what: 'would be detached', tone: 'good' },
      { number: items.length - would.length, what: 'would not', tone: 'bad' },
      { number: items.length, what: 'looked at' },
    ]),
    instanceList(items, {
      label: 'What would happen to each instance',
      labelOf: ({ code }) => labelOf(code),
      nameOf: (code) => labelOf(code).text,
    }),
    others.length > 0 &&
      h(
        'fieldset',
        { class: 'others' },
        h('legend', {}, 'Left out, unless you say otherwise'),
        ...others.map((other) => other.element),
      ),
    h('div', { class: 'actions' }, go, left),
  );
}
