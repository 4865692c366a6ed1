import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { type DryRun, groupsOfItems } from '../core/dry-run.ts';
import { isOneRequest } from '../core/flow.ts';
import { confirmationOf, numberIn, type Plan, readPlan } from '../core/form.ts';
import { namesOf } from '../core/proof.ts';
import type { Item } from '../core/reply.ts';
import { complaint, planWaves } from '../core/restarts.ts';
import { useApp } from './app-context.ts';
import { Button, Choice, Choices, Field, Figures, Notice, RefusalNotice } from './parts.tsx';
import { TimelineFigure } from './timeline-figure.tsx';

/** How it becomes real, what that means, and the last word before anything changes. */
export function RestartsStep(): VNode | null {
  const { state, text, dispatch, commands } = useApp();
  const { screen, plan } = state;
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
  const change = (part: Partial<Plan>) => dispatch({ type: 'plan', change: part });
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
          <Field
            label={text.onlineTimeout}
            value={plan.timeout}
            onInput={(timeout) => change({ timeout })}
            more={NUMERIC}
          />
          <Choice
            label={text.closeSessions}
            isChecked={plan.closeSessions}
            onCheck={(closeSessions) => change({ closeSessions })}
          />
        </div>
      )}
      {hasRestarts && <RestartFields plan={plan} change={change} />}
      <p class="field-error" role="alert">
        {wrong !== undefined && text.complaint(wrong)}
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
          <Field label={text.typeToConfirm(word)} value={plan.typed} onInput={(typed) => change({ typed })} />
          <button type="submit" class="button danger" disabled={!isReady}>
            {finishes ? text.finishThese(items.length) : text.takeOff(word, items.length, restarts)}
          </button>
        </div>
      </div>
    </form>
  );
}

/** Where the agent of Cloud Assistant answers: what it does not reach keeps the key. */
function Agents({ items, agents }: { readonly items: readonly Item[]; readonly agents: 'asked' | DryRun | undefined }) {
  const { state, text, commands } = useApp();
  if (agents === undefined || agents === 'asked') return <p class="hint">{text.looking}</p>;
  if (agents.kind === 'too many') return <p class="hint">{text.tooMany}</p>;
  if (agents.kind === 'failed') {
    return (
      <RefusalNotice reply={agents.reply}>
        <div class="actions">
          <Button onClick={() => void commands.lookForAgents()}>{text.lookAgain}</Button>
        </div>
      </RefusalNotice>
    );
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

function RestartFields({
  plan,
  change,
}: {
  readonly plan: Plan;
  readonly change: (part: Partial<Plan>) => void;
}): VNode {
  const { text } = useApp();
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
        {plan.spread === 'waves' && (
          <>
            <Field
              label={text.batchSize}
              value={plan.batchSize}
              onInput={(batchSize) => change({ batchSize })}
              more={NUMERIC}
            />
            <Field
              label={text.interval}
              value={plan.interval}
              onInput={(interval) => change({ interval })}
              more={NUMERIC}
            />
          </>
        )}
        <Field
          label={text.at}
          hint={text.atHint}
          value={plan.at}
          onInput={(at) => change({ at })}
          more={{ type: 'datetime-local' }}
        />
        <Field label={text.takes} value={plan.takes} onInput={(takes) => change({ takes })} more={NUMERIC} />
        <Choice
          label={text.force}
          hint={text.forceHint}
          isChecked={plan.force}
          onCheck={(force) => change({ force })}
        />
        {plan.spread === 'waves' && (
          <Choice
            label={text.watches}
            hint={text.watchesHint}
            isChecked={plan.watches}
            onCheck={(watches) => change({ watches })}
          />
        )}
        {plan.spread === 'waves' && plan.watches && (
          <>
            <Field
              label={text.maxErrors}
              hint={text.maxErrorsHint}
              value={plan.maxErrors}
              onInput={(maxErrors) => change({ maxErrors })}
            />
            <Field label={text.health} value={plan.health} onInput={(health) => change({ health })} more={NUMERIC} />
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
    <Notice kind="warn" title={lockOut.title}>
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
