import type { VNode } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { holdsPrivateKey } from '../../shared/private-key.ts';
import { type Form, type FormField, isWide } from '../core/form.ts';
import { type Piece, readInstanceIds, withoutPieces } from '../core/instance-ids.ts';
import { REGIONS } from '../core/regions.ts';
import { MAX_TAGS, type Tag } from '../core/target.ts';
import { useApp } from './app-context.ts';
import { announce } from './live.ts';
import { Button, Choice, Choices, Field } from './parts.tsx';

/** Which key, where, and off which instances. */
export function ChooseStep(): VNode {
  const { state, text, dispatch, commands } = useApp();
  const { form, screen } = state;
  const wrong = screen.kind === 'choosing' ? screen.wrong : [];
  const change = (part: Partial<Form>) => dispatch({ type: 'form', change: part });
  const wide = isWide(form);
  return (
    <>
      <TargetFields wrong={wrong} />
      <Choices
        legend={text.instances}
        value={wide ? 'filter' : form.which}
        options={
          wide
            ? [['filter', text.every]]
            : [
                ['ids', text.these],
                ['filter', text.every],
              ]
        }
        onChoose={(which) => change({ which })}
      >
        {wide || form.which === 'filter' ? (
          <TagsInput tags={form.tags} onChange={(tags) => change({ tags })} />
        ) : (
          <IdsInput wrong={wrong} />
        )}
      </Choices>
      <div class="actions">
        <Button kind="main" onClick={() => void commands.look()}>
          {text.dryRun}
        </Button>
        <p class="hint">{text.changesNothing}</p>
      </div>
    </>
  );
}

/** Key, regions and accounts; `isNarrow`: one of each. */
export function TargetFields({ wrong }: { readonly wrong: readonly FormField[] }): VNode {
  const { state, text, dispatch } = useApp();
  const { form } = state;
  const change = (part: Partial<Form>) => dispatch({ type: 'form', change: part });
  const isWrong = (field: FormField) => wrong.includes(field);
  const takesFocus = (field: FormField) => wrong[0] === field;
  return (
    <>
      <Choices
        legend={text.key}
        value={form.keyKind}
        options={[
          ['name', text.byName],
          ['public key', text.byPublicKey],
        ]}
        onChoose={(keyKind) => change({ keyKind })}
      >
        {form.keyKind === 'name' ? (
          <Field
            label={text.keyPair}
            value={form.name}
            error={isWrong('key') && text.nameWrong}
            takesFocus={takesFocus('key')}
            onInput={(name) => change({ name })}
          />
        ) : (
          <PublicKeyInput error={isWrong('key') && text.publicKeyWrong} takesFocus={takesFocus('key')} />
        )}
      </Choices>
      <Choices
        legend={text.where}
        value={form.where}
        options={[
          ['one', text.oneRegion],
          ['several', text.severalRegions],
          ['all', text.allRegions],
        ]}
        onChoose={(where) => change({ where })}
      >
        {form.where === 'one' && (
          <RegionSelect
            value={form.region}
            error={isWrong('regions') && text.regionWrong}
            takesFocus={takesFocus('regions')}
            onChoose={(region) => change({ region })}
          />
        )}
        {form.where === 'several' && (
          <RegionBoxes error={isWrong('regions') && text.regionWrong} takesFocus={takesFocus('regions')} />
        )}
      </Choices>
      <details class="more" open={form.accounts !== 'own'}>
        <summary>{text.accounts}</summary>
        <Choices
          legend={text.accounts}
          value={form.accounts}
          options={[
            ['own', text.ownAccount],
            ['roles', text.byRoles, text.rolesHint],
            ['all', text.allAccounts],
          ]}
          onChoose={(accounts) => change({ accounts })}
        >
          {form.accounts === 'roles' && (
            <Field
              label={text.roles}
              rows={2}
              value={form.roles}
              error={isWrong('roles') && text.roleWrong}
              takesFocus={takesFocus('roles')}
              onInput={(roles) => change({ roles })}
            />
          )}
        </Choices>
      </details>
      {form.keyKind === 'name' && isWide(form) && (
        <Choice
          label={text.differentKeys}
          hint={text.differentKeysHint}
          isChecked={form.allowDifferentKeys}
          onCheck={(allowDifferentKeys) => change({ allowDifferentKeys })}
        />
      )}
    </>
  );
}

/** A private key goes out of the page as soon as it is seen: it is kept nowhere, and sent nowhere. */
function PublicKeyInput({
  error,
  takesFocus,
}: {
  readonly error: string | false;
  readonly takesFocus: boolean;
}): VNode {
  const { state, text, dispatch } = useApp();
  const refused = useRef(false);
  return (
    <Field
      label={text.publicKey}
      hint={text.publicKeyHint}
      rows={3}
      value={state.form.publicKey}
      error={error || (refused.current && text.privateKey)}
      takesFocus={takesFocus}
      onInput={(publicKey) => {
        refused.current = holdsPrivateKey(publicKey);
        dispatch({ type: 'form', change: { publicKey: refused.current ? '' : publicKey } });
        if (refused.current) announce(text.privateKey);
      }}
    />
  );
}

type RegionProps = {
  readonly value: string;
  readonly error: string | false;
  readonly takesFocus: boolean;
  readonly onChoose: (id: string) => void;
};

/** The regions by their names; one that is not on the list by its id. */
function RegionSelect({ value, error, takesFocus, onChoose }: RegionProps): VNode {
  const { text, language } = useApp();
  const id = useId();
  const select = useRef<HTMLSelectElement>(null);
  const [isOther, setIsOther] = useState(value !== '' && !REGIONS.some((region) => region.id === value));
  useEffect(() => {
    if (error && takesFocus && !isOther) select.current?.focus();
  }, [error, takesFocus]);
  return (
    <>
      <div class="field">
        <label for={id}>{text.region}</label>
        <select
          ref={select}
          id={id}
          value={isOther ? OTHER : value}
          aria-invalid={error && !isOther ? true : undefined}
          aria-describedby={`${id}e`}
          onChange={({ currentTarget }) => {
            setIsOther(currentTarget.value === OTHER);
            onChoose(currentTarget.value === OTHER ? '' : currentTarget.value);
          }}
        >
          <option value="">{text.chooseRegion}</option>
          {REGIONS.map((region) => (
            <option key={region.id} value={region.id}>
              {region[language]} – {region.id}
            </option>
          ))}
          <option value={OTHER}>{text.otherRegion}</option>
        </select>
        <p class="field-error" id={`${id}e`}>
          {!isOther && error}
        </p>
      </div>
      {isOther && (
        <Field
          label={text.regionId}
          value={value}
          hint={text.regionHint}
          error={error}
          takesFocus={takesFocus}
          onInput={onChoose}
        />
      )}
    </>
  );
}

const OTHER = '?';

function RegionBoxes({ error, takesFocus }: { readonly error: string | false; readonly takesFocus: boolean }): VNode {
  const { state, text, language, dispatch } = useApp();
  const { regions, otherRegions } = state.form;
  const tick = (id: string, isTicked: boolean) => {
    const others = regions.filter((one) => one !== id);
    dispatch({ type: 'form', change: { regions: isTicked ? [...others, id] : others } });
  };
  return (
    <>
      <div class="boxes" role="group" aria-label={text.severalRegions}>
        {REGIONS.map((region) => (
          <Choice
            key={region.id}
            label={region[language]}
            hint={region.id}
            isChecked={regions.includes(region.id)}
            onCheck={(isTicked) => tick(region.id, isTicked)}
          />
        ))}
      </div>
      <Field
        label={text.otherRegions}
        value={otherRegions}
        error={error}
        takesFocus={takesFocus}
        onInput={(value) => dispatch({ type: 'form', change: { otherRegions: value } })}
      />
    </>
  );
}

/** So many are shown one by one; a table pasted whole has thousands. */
const SHOWN = 24;

/** Instances as they are pasted. What is not an instance id stays until it is taken out by hand. */
export function IdsInput({ wrong }: { readonly wrong: readonly FormField[] }): VNode {
  const { state, text, dispatch } = useApp();
  const { ids } = state.form;
  const { format } = text;
  const reading = useMemo(() => readInstanceIds(ids), [ids]);
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wrong[0] === 'strange') group.current?.focus();
  }, [wrong]);
  const { strange, repeats } = reading;
  const remove = (pieces: readonly Piece[]) => {
    const left = withoutPieces(ids, pieces);
    dispatch({ type: 'form', change: { ids: left } });
    const more = readInstanceIds(left).strange.length;
    announce(more === 0 ? text.nothingStrange : text.strangeLeft(more));
    if (more > 0) group.current?.focus();
    else group.current?.closest('.ids')?.querySelector('textarea')?.focus();
  };
  const error = wrong.includes('strange') ? text.takeOutFirst : wrong.includes('ids') && text.noIds;
  return (
    <div class="ids">
      <Field
        class="wide"
        label={text.instanceIds}
        hint={text.idsHint}
        rows={6}
        value={ids}
        error={error}
        takesFocus={wrong[0] === 'ids'}
        onInput={(value) => dispatch({ type: 'form', change: { ids: value } })}
      />
      <p class="says">
        {reading.ids.length === 0 ? (
          text.noInstanceYet
        ) : (
          <>
            <strong>{text.count(reading.ids.length)}</strong>
            {repeats > 0 && ` · ${text.repeats(repeats)}`}
          </>
        )}
      </p>
      <div
        ref={group}
        class="notice warn"
        role="group"
        aria-label={text.toTakeOut}
        tabIndex={-1}
        hidden={strange.length === 0}
      >
        <p>
          <strong>{text.strange(strange.length)}</strong>
        </p>
        <ul class="pieces">
          {strange.slice(0, SHOWN).map((piece) => (
            <li key={piece.start}>
              <button type="button" class="piece" aria-label={text.takeOut(piece.text)} onClick={() => remove([piece])}>
                {piece.text}
              </button>
            </li>
          ))}
          {strange.length > SHOWN && <li>{text.andMore(strange.length - SHOWN)}</li>}
        </ul>
        <Button kind="quiet" onClick={() => remove(strange)}>
          {strange.length === 1 ? text.takeItOut : text.takeOutAll(format.count(strange.length))}
        </Button>
      </div>
    </div>
  );
}

/** Tags that an instance must have all of. */
function TagsInput({
  tags,
  onChange,
}: {
  readonly tags: readonly Tag[];
  readonly onChange: (tags: readonly Tag[]) => void;
}): VNode {
  const { text } = useApp();
  const set = (k: number, part: Partial<Tag>) =>
    onChange(tags.map((tag, index) => (index === k ? { ...tag, ...part } : tag)));
  return (
    <div>
      <ul class="tags">
        {tags.map(({ key, value }, k) => (
          <li key={k}>
            <Field
              label={text.tag}
              value={key}
              takesFocus
              onInput={(next) => set(k, { key: next })}
              more={{ maxLength: 128 }}
            />
            <Field
              label={text.tagValue}
              value={value}
              onInput={(next) => set(k, { value: next })}
              more={{ maxLength: 128, placeholder: text.anyValue }}
            />
            <Button kind="quiet" onClick={() => onChange(tags.filter((_, index) => index !== k))}>
              {text.remove}
            </Button>
          </li>
        ))}
      </ul>
      <Button
        kind="quiet"
        isDisabled={tags.length >= MAX_TAGS}
        onClick={() => onChange([...tags, { key: '', value: '' }])}
      >
        {text.addTag}
      </Button>
    </div>
  );
}
