import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { byPlace, nextOf, type Phase, type Progress } from '../core/follow.ts';
import type { Tone } from '../core/labels.ts';
import { asksForToken } from '../core/reply.ts';
import { useApp } from './app-context.ts';
import { Bar, Button, Choice, Figures, Mark, Notice, RefusalNotice, TokenForm } from './parts.tsx';
import { useNow } from './run-step.tsx';
import { StopTasks } from './stop-tasks.tsx';

const TONES: Readonly<Record<Phase, Tone>> = {
  waits: 'plain',
  runs: 'wait',
  done: 'good',
  halted: 'bad',
  late: 'bad',
  stopped: 'bad',
  'by hand': 'wait',
};

/** So many waves are shown one by one, and so many instances that did not come back. */
const SHOWN = 60;
const FEW = 5;

/** Where the rollout stands: in one sentence, in figures, by wave and by place, and what can be done about it. */
export function Rollout(): VNode | null {
  const { state, text, commands, dispatch } = useApp();
  const { following } = state;
  useNow(following !== undefined);
  const progress = commands.progress();
  if (!following || !progress) return null;
  const { failure, isAsking, seen } = following;
  const { total, restarted, removed, pending, bound, missing, unknown, open, notBack, isOver, secondsLeft } = progress;
  const done = restarted + removed + missing;
  const isHalted = open.length > 0;
  const kind = isOver && !isHalted && bound === 0 ? 'good' : isHalted || bound > 0 ? 'bad' : 'plain';
  return (
    <section class="rollout" aria-label={text.rollout}>
      <div class={`notice headline ${kind}`}>
        <p class="now">{text.proven(done, total, open.length)}</p>
        <p>{text.next[nextOf(progress)]}</p>
      </div>
      <Figures
        all={[
          { number: restarted, what: text.restarted, tone: 'good' },
          { number: removed, what: text.removed, tone: 'good' },
          { number: pending, what: text.pending, tone: 'wait' },
          { number: open.length, what: text.halted, tone: 'bad' },
          bound > 0 && { number: bound, what: text.stillBound, tone: 'bad' },
          missing > 0 && { number: missing, what: text.gone, tone: 'plain' },
          unknown > 0 && { number: unknown, what: text.notKnown, tone: 'plain' },
        ]}
      />
      <Bar label={text.rollout} said={text.proven(done, total, open.length)} done={done} total={total} isThick>
        {progress.waves.map((wave, k) => (
          <span
            key={k}
            class={`wave ${TONES[wave.phase]}`}
            style={{ 'flex-grow': wave.total, '--done': String(wave.done / wave.total) }}
            title={text.wave(wave, k)}
          >
            <span />
          </span>
        ))}
      </Bar>
      <p class="hint">
        {seen.at === 0 ? text.looking : text.asOf(text.format.moment(seen.at))}{' '}
        {secondsLeft !== undefined && text.timeLeft(text.format.duration(secondsLeft))}{' '}
        {seen.refused > 0 && ` ${text.slower}`}
      </p>
      {failure && (
        <RefusalNotice reply={failure}>
          {asksForToken(failure) && <TokenForm goOn={text.lookAgain} onToken={() => void commands.follow()} />}
        </RefusalNotice>
      )}
      {isHalted && (
        <Notice kind="bad" title={text.haltedTitle(open.length)}>
          <p>{text.haltedHint}</p>
          {notBack.length > 0 && (
            <p>
              <strong>{text.notBack(notBack.length)}</strong>{' '}
              {notBack
                .slice(0, FEW)
                .map((id) => state.known.get(id)?.name ?? id)
                .join(', ')}
              {notBack.length > FEW && ` ${text.andMore(notBack.length - FEW)}`}
            </p>
          )}
          <div class="actions">
            <Button kind="danger" onClick={() => finish(open)}>
              {text.finish(open.length)}
            </Button>
          </div>
        </Notice>
      )}
      <StopTasks />
      <Waves progress={progress} />
      <div class="actions">
        <Button isDisabled={isAsking} onClick={() => void commands.follow(true)}>
          {seen.at === 0 ? text.verify : text.lookAgain}
        </Button>
        <NotifyChoice />
      </div>
    </section>
  );

  function finish(ids: readonly string[]): void {
    if (state.screen.kind === 'result') void commands.goOnWith({ type: 'finish', ids });
    else dispatch({ type: 'finish', ids });
  }
}

function Waves({ progress }: { readonly progress: Progress }): VNode | null {
  const { text } = useApp();
  const { waves } = progress;
  const places = byPlace(progress);
  if (waves.length < 2 && places.length < 2) return null;
  return (
    <details class="more">
      <summary>{text.byWave(waves.length, places.length)}</summary>
      {places.length > 1 && (
        <ul class="waves">
          {places.map(({ target, total, done }) => (
            <li key={`${target.roleArn} ${target.regionId} ${target.keyPairName}`}>
              <Mark tone={done === total ? 'good' : 'wait'}>
                {target.keyPairName}, {target.regionId} {target.roleArn}
              </Mark>{' '}
              {text.someOf(done, total)}
            </li>
          ))}
        </ul>
      )}
      <ul class="waves">
        {waves.slice(0, SHOWN).map((wave, k) => (
          <li key={k}>
            <Mark tone={TONES[wave.phase]}>{text.wave(wave, k)}</Mark>
          </li>
        ))}
        {waves.length > SHOWN && <li>{text.andMore(waves.length - SHOWN)}</li>}
      </ul>
    </details>
  );
}

/** Whether the browser may say that it is over when the tab is not looked at. */
function NotifyChoice(): VNode | null {
  const { text } = useApp();
  const [isGranted, setIsGranted] = useState('Notification' in window && Notification.permission === 'granted');
  if (!('Notification' in window) || Notification.permission === 'denied') return null;
  return (
    <Choice
      label={text.notify}
      isChecked={isGranted}
      onCheck={(isWanted) => {
        if (isWanted) void Notification.requestPermission().then((answer) => setIsGranted(answer === 'granted'));
      }}
    />
  );
}
