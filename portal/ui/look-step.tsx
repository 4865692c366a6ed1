import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import type { DryRun } from '../core/dry-run.ts';
import { decided, WOULD } from '../core/flow.ts';
import { toneOf } from '../core/labels.ts';
import { byCode } from '../core/pick.ts';
import type { Item } from '../core/reply.ts';
import { useApp } from './app-context.ts';
import { Button, Choice, Figures, Notice, RefusedNotice } from './parts.tsx';
import { PlacesTable } from './places-table.tsx';
import { InstanceList } from './table.tsx';

/** What would happen, always looked at first; then which instances it shall happen to. */
export function LookStep(): VNode | null {
  const { state, text } = useApp();
  const { screen } = state;
  if (screen.kind !== 'looking') return null;
  const { found, progress } = screen;
  if (!found) {
    return (
      <p class="hint" role="status">
        {progress && progress[0] > 0 ? text.lookedAt(...progress) : text.looking}
      </p>
    );
  }
  return found.kind === 'found' ? <Findings found={found} /> : <NotFound found={found} />;
}

function NotFound({ found }: { readonly found: Exclude<DryRun, { kind: 'found' }> }): VNode {
  const { text, commands } = useApp();
  if (found.kind === 'too many') {
    return (
      <Notice kind="bad" title={text.tooMany}>
        <p>{text.tooManyHint}</p>
      </Notice>
    );
  }
  const { reply } = found;
  return (
    <>
      <RefusedNotice reply={reply} again={() => void commands.lookAgain()} />
      {reply.kind === 'refusal' && reply.places && <PlacesTable places={reply.places} />}
    </>
  );
}

function Findings({ found }: { readonly found: Extract<DryRun, { kind: 'found' }> }): VNode | null {
  const { state, text, dispatch } = useApp();
  const { screen } = state;
  const { items, places } = found;
  const others = useMemo(() => byCode(items.filter(({ code }) => code !== WOULD)), [items]);
  if (screen.kind !== 'looking') return null;
  const would = items.filter(({ code }) => code === WOULD).length;
  const sent = decided(screen).length;
  const codes: Readonly<Record<string, string>> = text.codes;
  const name = (code: string) => codes[code] ?? code;
  const unread = places.filter(({ code }) => code !== '200').length;
  return (
    <>
      {places.length > 0 && <PlacesTable places={places} />}
      {items.length === 0 ? (
        <Notice kind={unread > 0 ? 'wait' : 'plain'} title={text.noInstance}>
          <p>{unread > 0 ? text.noInstanceUnread(unread) : text.noInstanceHint}</p>
        </Notice>
      ) : (
        <>
          <Figures
            all={[
              { number: would, what: text.wouldBe, tone: 'good' },
              { number: items.length - would, what: text.wouldNot, tone: 'bad' },
            ]}
          />
          <InstanceList<Item>
            label={text.whatWould}
            rows={items}
            toneOf={({ code }) => toneOf(code)}
            outcomeOf={({ code }) => name(code)}
            nameOf={name}
          />
          {others.length > 0 && (
            <fieldset class="others">
              <legend>{text.leftOutUnless}</legend>
              {others.map(({ code, message, count }) => (
                <Choice
                  key={code}
                  label={text.sendAllTheSame(name(code), count)}
                  hint={text.messages[code] ?? message}
                  isChecked={screen.ticked.includes(code)}
                  onCheck={(isTicked) => dispatch({ type: 'tick', code, isTicked })}
                />
              ))}
            </fieldset>
          )}
          <div class="actions">
            <Button kind="main" isDisabled={sent === 0} onClick={() => dispatch({ type: 'decide' })}>
              {sent === 0 ? text.nothingToDo : text.goOnWith(sent)}
            </Button>
            <p class="hint">{sent < items.length && text.leftOut(items.length - sent)}</p>
          </div>
        </>
      )}
    </>
  );
}
