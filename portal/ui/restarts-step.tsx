import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { type DryRun, groupsOfItems } from '../core/dry-run.ts';
import { isOneRequest } from '../core/flow.ts';
import { confirmationOf, numberIn, type Plan, readPlan } from '../core/form.ts';
import { namesOf } from '../core/proof.ts';
import type { Item } from '../core/reply.ts';
import { type Complaint, complaint, LIMITS, planWaves } from '../core/restarts.ts';
import type { Text } from '../text/text.ts';
import { useApp } from './app-context.ts';
import { Choice, Choices, Field, Figures, Notice, RefusedNotice } from './parts.tsx';
import { TimelineFigure } from './timeline-figure.tsx';

/** How it becomes real, what that means, and the last word before anything changes. */
export function RestartsStep(): VNode | null {
  const { state, text, commands } = useApp();
  const { plan, change, typed, ticked } = usePlan();
  const { screen } = state;
  const items = screen.kind === 'restarts' ? screen.items : [];
  const groups = useMemo(
    () => (screen.kind === 'restarts' ? groupsOfItems(items, screen.chosen.scope, screen.finishes) : []),
    [items],
  );
  const isOnline = plan.how === 'online' || plan.how === 'both';
  // Of what is detached already a dry run says nothing.
  const asksAgents = isOnline && screen.kind === 'restarts' && !screen.finishes;
  useEffect(() => {
    if (asksAgents && !screen.agents) void commands.lookForAgents();
  }, [asksAgents]);
  if (screen.kind !== 'restarts') return null;
  const { finishes, chosen } = screen;
  const restarts = readPlan(plan);
  const isOne = isOneRequest(screen, restarts);
  const sizes = groups.map(({ ids }) => ids.length);
  const wrong = complaint(sizes, restarts, isOne);
  const word = confirmationOf(chosen, items.length);
  const isReady = wrong === undefined && plan.typed.trim() === word && !(finishes && plan.how === 'off');
  const hasRestarts = restarts.kind !== 'off';
  const targets = groups.map(({ target }) => target);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void commands.start(restarts);
      }}
    >
      <Choices
        isStacked
        legend={text.becomesReal}
        value={plan.how}
        options={[
          ['off', text.how.off, text.how.offHint],
          ['restart', text.how.restart, text.how.restartHint],
          ['online', text.how.online, text.how.onlineHint],
          ['both', text.how.both, text.how.bothHint],
        ]}
        onChoose={(how) => change({ how })}
      />
      {asksAgents && <Agents items={items} agents={screen.agents} />}
      {isOnline && (
        <div class="fields narrow">
          <Field label={text.onlineTimeoutSeconds} {...typed('timeout')} more={NUMERIC} />
          <Choice label={text.closeSessions} {...ticked('closeSessions')} />
        </div>
      )}
      {hasRestarts && <RestartFields />}
      <p class="field-error" role="alert">
        {wrong !== undefined && complaintIn(text, wrong)}
      </p>
      {hasRestarts && wrong === undefined && (
        <TimelineFigure
          waves={planWaves(sizes, restarts, isOne)}
          restartSeconds={Math.max(1, numberIn(plan.takes) || 60)}
          from={restarts.notBefore}
        />
      )}
      <LockOut />
      <div class="confirm-box">
        <p class="what">
          {text.confirming(
            items.length,
            namesOf(targets),
            targets.some(({ roleArn }) => roleArn === ''),
            finishes !== undefined,
          )}{' '}
          {isOne && text.oneRequest}
          <br />
          <strong>{text.consequence(items.length, restarts)}</strong>
        </p>
        <div class="confirm">
          <Field label={text.typeToConfirm(word)} {...typed('typed')} />
          <button type="submit" class="button danger" disabled={!isReady}>
            {finishes ? text.finish(items.length) : text.takeOff(word, items.length, restarts)}
          </button>
        </div>
      </div>
    </form>
  );
}

/** What is wrong with the plan: which field, and what it takes. */
function complaintIn(text: Text, wrong: Complaint): string {
  if (typeof wrong === 'object') return text.lastWaveLate(wrong.seconds, LIMITS.lastWaveSeconds);
  if (wrong === 'maxErrors') return text.says(text.maxErrors, text.maxErrorsHint);
  if (wrong === 'notBefore') return text.says(text.at, text.atHint);
  const { least, most } = LIMITS[wrong];
  return text.says(text[wrong], text.between(least, most));
}

/** Where the agent of Cloud Assistant answers: what it does not reach keeps the key. */
function Agents({ items, agents }: { readonly items: readonly Item[]; readonly agents: 'asked' | DryRun | undefined }) {
  const { state, text, commands } = useApp();
  if (agents === undefined || agents === 'asked') return <p class="hint">{text.looking}</p>;
  if (agents.kind === 'too many') return <p class="hint">{text.tooMany}</p>;
  if (agents.kind === 'failed') {
    return <RefusedNotice reply={agents.reply} again={() => void commands.lookForAgents()} />;
  }
  const count = (agent?: string) => items.filter(({ id }) => state.known.get(id)?.agent === agent).length;
  return (
    <Figures
      all={[
        { number: count('Reachable'), what: text.agent('Reachable'), tone: 'good' },
        { number: count('Offline'), what: text.agent('Offline'), tone: 'bad' },
        { number: count('Stopped'), what: text.agent('Stopped') },
        { number: count(), what: text.notKnown, tone: 'wait' },
      ]}
    />
  );
}

const NUMERIC = { inputMode: 'numeric' } as const;

/** What binds an input, or a box, to what the plan says by this name. */
function usePlan() {
  const { state, dispatch } = useApp();
  const { plan } = state;
  const change = (part: Partial<Plan>) => dispatch({ type: 'plan', change: part });
  const set = (name: keyof Plan, value: string | boolean) => change({ ...plan, [name]: value });
  return {
    plan,
    change,
    typed: (name: 'batchSize' | 'interval' | 'at' | 'takes' | 'maxErrors' | 'health' | 'timeout' | 'typed') => ({
      value: plan[name],
      onInput: (value: string) => set(name, value),
    }),
    ticked: (name: 'force' | 'watches' | 'closeSessions') => ({
      isChecked: plan[name],
      onCheck: (isChecked: boolean) => set(name, isChecked),
    }),
  };
}

function RestartFields(): VNode {
  const { text } = useApp();
  const { plan, change, typed, ticked } = usePlan();
  const inWaves = plan.spread === 'waves';
  return (
    <>
      <Choices
        legend={text.spread}
        value={plan.spread}
        options={[
          ['waves', text.inWaves],
          ['at once', text.atOnce],
        ]}
        onChoose={(spread) => change({ spread })}
      />
      <div class="fields narrow">
        {inWaves && <Field label={text.batchSize} {...typed('batchSize')} more={NUMERIC} />}
        {inWaves && <Field label={text.intervalSeconds} {...typed('interval')} more={NUMERIC} />}
        <Field label={text.at} hint={text.atHint} {...typed('at')} more={{ type: 'datetime-local' }} />
        <Field label={text.takes} {...typed('takes')} more={NUMERIC} />
        <Choice label={text.force} hint={text.forceHint} {...ticked('force')} />
        {inWaves && <Choice label={text.watches} hint={text.watchesHint} {...ticked('watches')} />}
        {inWaves && plan.watches && (
          <>
            <Field label={text.maxErrors} hint={text.maxErrorsHint} {...typed('maxErrors')} />
            <Field label={text.healthTimeoutSeconds} {...typed('health')} more={NUMERIC} />
            <Choice
              label={text.readyAgent}
              isChecked={plan.ready === 'CloudAssistant'}
              onCheck={(isAgent) => change({ ready: isAgent ? 'CloudAssistant' : 'Running' })}
            />
          </>
        )}
      </div>
    </>
  );
}

function LockOut(): VNode {
  const { lockOut } = useApp().text;
  const [first, ...others] = lockOut.points;
  return (
    <Notice kind="wait" title={lockOut.title}>
      <ul>
        <li>
          <strong>{first}</strong>
        </li>
        {others.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </Notice>
  );
}
