import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { evidenceOfProof, readEvidence } from '../core/evidence.ts';
import type { Following } from '../core/flow.ts';
import { type FormField, isWide, readForm, scopeOf } from '../core/form.ts';
import { toneOf } from '../core/labels.ts';
import { summaryOf } from '../core/proof.ts';
import type { Item } from '../core/reply.ts';
import { targetOf } from '../core/target.ts';
import { useApp } from './app-context.ts';
import { IdsInput, TargetFields } from './choose-step.tsx';
import { download } from './download.ts';
import { Button, Field } from './parts.tsx';
import { Rollout } from './rollout.tsx';
import { InstanceList } from './table.tsx';

/** Whether an earlier detach is real: which instances have restarted since, and which are still to come. */
export function VerifyView(): VNode {
  const { state, text } = useApp();
  const { following } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="verify card">
      <p>
        <a href="#detach" class="back">
          {text.backToDetach}
        </a>
      </p>
      <h2 ref={heading} tabIndex={-1}>
        {text.verifyTitle}
      </h2>
      {following ? <Proving following={following} /> : <ProofForm />}
    </section>
  );
}

function Proving({ following }: { readonly following: Following }): VNode {
  const { state, text, commands } = useApp();
  const { proof, seen } = following;
  const [isLive, setIsLive] = useState(false);
  const items = [...seen.items.values()];
  const codes: Readonly<Record<string, string>> = text.codes;
  const name = (code: string) => codes[code] ?? code;
  const summary = summaryOf(proof);
  return (
    <>
      <p>{text.proofOf(summary)}</p>
      <p class="hint">{text.minuteHint}</p>
      <Rollout />
      <div class="actions">
        {!isLive && (
          <Button
            kind="main"
            onClick={() => {
              setIsLive(true);
              void commands.follow();
            }}
          >
            {text.follow}
          </Button>
        )}
        <Button
          onClick={() =>
            download(
              `${summary.names.join('-')}-verified.csv`,
              evidenceOfProof(proof, state.connection.url, { seen, nameOf: (id) => state.known.get(id)?.name }),
            )
          }
        >
          {text.csv}
        </Button>
      </div>
      {items.length > 0 && (
        <InstanceList<Item>
          label={text.whetherReal}
          rows={items}
          toneOf={({ code }) => toneOf(code)}
          outcomeOf={({ code }) => name(code)}
          nameOf={name}
        />
      )}
    </>
  );
}

/** A verification without a link to it: the CSV of the detach, or which key pair, off which instances, since when. */
function ProofForm(): VNode {
  const { state, text, dispatch, commands } = useApp();
  const { form } = state;
  const [time, setTime] = useState('');
  const [wrong, setWrong] = useState<readonly (FormField | 'time')[]>([]);
  const [earlier, setEarlier] = useState(commands.earlier());
  const isCsv = readEvidence(form.ids) !== undefined;
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        const evidence = readEvidence(form.ids);
        if (evidence) {
          dispatch({ type: 'form', change: { ids: '' } });
          void commands.verify(evidence, true);
          return;
        }
        const read = readForm({ ...form, which: 'ids' });
        const since = new Date(time).getTime();
        const target = targetOf(scopeOf(form));
        const isTime = !Number.isNaN(since);
        if ('wrong' in read || !isTime || !target || read.chosen.choice.kind !== 'ids') {
          setWrong([
            ...('wrong' in read ? read.wrong : isWide(form) ? ['regions' as const] : []),
            ...(isTime ? [] : ['time' as const]),
          ]);
          return;
        }
        void commands.verify({ groups: [{ target, since, ids: read.chosen.choice.ids }] }, true);
      }}
    >
      {earlier.length > 0 && (
        <div class="earlier">
          <h3>{text.earlier}</h3>
          <ul>
            {earlier.map(({ id, hash, ...summary }) => (
              <li key={id}>{hash ? <a href={hash}>{text.proofOf(summary)}</a> : text.proofOf(summary)}</li>
            ))}
          </ul>
          <Button
            kind="quiet"
            onClick={() => {
              commands.forget();
              setEarlier([]);
            }}
          >
            {text.forget}
          </Button>
        </div>
      )}
      <p>{text.whichDetach}</p>
      {!isCsv && (
        <>
          <TargetFields wrong={wrong.filter((one) => one !== 'time')} />
          <div class="fields narrow">
            <Field
              label={text.detachedBy}
              hint={text.ownTimeZone}
              value={time}
              error={wrong.includes('time') && text.timeMissing}
              takesFocus={wrong[0] === 'time'}
              onInput={setTime}
              more={{ type: 'datetime-local', step: 1 }}
            />
          </div>
        </>
      )}
      <IdsInput wrong={wrong.filter((one) => one !== 'time')} />
      <div class="actions">
        <button type="submit" class="button main">
          {text.verify}
        </button>
      </div>
    </form>
  );
}
