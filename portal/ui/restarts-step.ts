import { counted, duration } from '../core/pace.ts';
import { complaint, LIMITS, planWaves, type Restarts } from '../core/restarts.ts';
import type { Target } from '../core/target.ts';
import { fill, h, newId } from './dom.ts';
import { choice, field } from './field.ts';
import { notice } from './notice.ts';
import { timelineFigure } from './timeline-figure.ts';

/** An instance of ordinary size. Only for the drawing. */
const RESTART_SECONDS = 60;
const KINDS = ['off', 'at once', 'waves'] as const;

/** Whether and how to restart, what that means, and the last word before anything changes. */
export function restartsStep(
  { target, instances }: { target: Target; instances: number },
  onConfirmed: (restarts: Restarts) => void,
): HTMLElement {
  const name = newId('restarts');
  const radio = (checked = false) => h('input', { type: 'radio', name, checked, onchange: () => show() });
  const kinds = { off: radio(true), 'at once': radio(), waves: radio() };
  const batchSize = numberInput(Math.min(LIMITS.batchSize.usual, Math.max(1, Math.ceil(instances / 10))));
  const interval = numberInput(60);
  const takes = numberInput(RESTART_SECONDS);
  const force = h('input', { type: 'checkbox', onchange: () => show() });
  for (const input of [batchSize, interval, takes]) input.addEventListener('input', () => show());

  const waves = h(
    'div',
    { class: 'fields narrow' },
    field('Instances at a time', batchSize).element,
    field('Seconds between waves', interval).element,
  );
  const common = h(
    'div',
    { class: 'fields narrow' },
    field('Seconds a restart takes, about', takes, { hint: 'Only for this drawing.' }).element,
    choice(force, 'Power off instead of shutting down', 'Faster, and what is not written to disk is lost.'),
  );
  const wrong = h('p', { class: 'field-error', role: 'alert' });
  const drawing = h('div', { class: 'drawing' });

  const confirmation = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false', autocapitalize: 'off' });
  const typed = field(`Type ${target.keyPairName} to confirm`, confirmation);
  const start = h(
    'button',
    { type: 'submit', class: 'button main danger' },
    `Take ${target.keyPairName} off ${counted(instances, 'instance')}`,
  );
  confirmation.addEventListener('input', () => show());

  const read = (): Restarts => {
    const kind = KINDS.find((one) => kinds[one].checked) ?? 'off';
    if (kind === 'off') return { kind };
    if (kind === 'at once') return { kind, force: force.checked };
    return { kind, force: force.checked, batchSize: numberIn(batchSize), intervalSeconds: numberIn(interval) };
  };
  const show = () => {
    const restarts = read();
    const complains = complaint(instances, restarts);
    const seconds = Math.max(1, numberIn(takes) || RESTART_SECONDS);
    waves.hidden = restarts.kind !== 'waves';
    common.hidden = restarts.kind === 'off';
    fill(wrong, complains);
    const isDrawn = restarts.kind !== 'off' && complains === undefined;
    fill(drawing, isDrawn && timelineFigure(planWaves(instances, restarts), seconds));
    start.disabled = complains !== undefined || confirmation.value !== target.keyPairName;
  };
  show();

  return h(
    'form',
    {
      onsubmit: (event) => {
        event.preventDefault();
        onConfirmed(read());
      },
    },
    h(
      'fieldset',
      {},
      h('legend', {}, 'Restart what was detached'),
      h(
        'div',
        { class: 'choices stacked' },
        choice(kinds.off, 'Not now', 'Until an instance restarts, the key still opens it.'),
        choice(kinds['at once'], 'At once', 'As soon as each request of 500 is detached.'),
        choice(kinds.waves, 'In waves', 'Some at a time, so that the rest can carry the load.'),
      ),
      waves,
      common,
      wrong,
      drawing,
    ),
    lockOut(),
    h('div', { class: 'confirm' }, typed.element, start),
  );
}

function lockOut(): HTMLElement {
  return notice(
    'warn',
    'After this, people sign in with user name and password',
    h(
      'ul',
      {},
      h('li', {}, h('strong', {}, 'Where no password was ever set, nobody can log in.')),
      h('li', {}, 'Until an instance restarts, the key still works.'),
      h('li', {}, 'Open sessions outlive it, and so do keys that were copied into authorized_keys.'),
      h('li', {}, 'Launch templates and scaling groups put the key back on new instances.'),
    ),
  );
}

function numberInput(value: number): HTMLInputElement {
  return h('input', { type: 'text', inputmode: 'numeric', autocomplete: 'off', value });
}

/** NaN for what is no whole number: an empty field is not a zero. */
function numberIn({ value }: HTMLInputElement): number {
  return /^\d+$/.test(value.trim()) ? Number(value) : Number.NaN;
}

export function describeRestarts(restarts: Restarts): string {
  if (restarts.kind === 'off') return 'No restarts';
  const how = restarts.force ? ', powered off' : '';
  if (restarts.kind === 'at once') return `Restarts at once${how}`;
  const { batchSize, intervalSeconds } = restarts;
  return `Restarts ${batchSize} at a time, every ${duration(intervalSeconds)}${how}`;
}
