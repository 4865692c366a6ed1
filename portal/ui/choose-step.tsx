import type { VNode } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { holdsPrivateKey } from '../../shared/private-key.ts';
import { type Form, type FormField, isWide } from '../core/form.ts';
import { type Piece, readInstanceIds, withoutPieces } from '../core/instance-ids.ts';
import { MAX_TAGS, type Tag } from '../core/target.ts';
import { useApp } from './app-context.ts';
import { announce } from './live.ts';
import { Button, Choice, Choices, Field } from './parts.tsx';

/** What is filled in, and what binds an input to what the form says by its name. */
function useForm() {
  const { state, dispatch } = useApp();
  const { form } = state;
  const change = (part: Partial<Form>) => dispatch({ type: 'form', change: part });
  const typed = (name: 'name' | 'roles' | 'otherRegions' | 'ids') => ({
    value: form[name],
    onInput: (value: string) => change({ [name]: value }),
  });
  return { form, change, typed };
}

/** Which key, where, and off which instances. */
export function ChooseStep(): VNode {
  const { state, text, commands } = useApp();
  const { form, change } = useForm();
  const { screen } = state;
  const wrong = screen.kind === 'choosing' ? screen.wrong : [];
  const which = isWide(form) ? 'filter' : form.which;
  return (
    <>
      <TargetFields wrong={wrong} />
      <Choices
        legend={text.instances}
        value={which}
        options={[...(isWide(form) ? [] : [['ids', text.these] as const]), ['filter', text.every]]}
        onChoose={(next) => change({ which: next })}
      >
        {which === 'filter' ? (
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

type Fault = { readonly error: string | false; readonly takesFocus: boolean };

/** Key, regions and accounts. */
export function TargetFields({ wrong }: { readonly wrong: readonly FormField[] }): VNode {
  const { text } = useApp();
  const { form, change, typed } = useForm();
  const fault = (field: FormField, says: string): Fault => ({
    error: wrong.includes(field) && says,
    takesFocus: wrong[0] === field,
  });
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
          <Field label={text.keyPair} {...typed('name')} {...fault('key', text.nameWrong)} />
        ) : (
          <PublicKeyInput {...fault('key', text.publicKeyWrong)} />
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
        {form.where === 'one' && <RegionSelect {...fault('regions', text.regionWrong)} />}
        {form.where === 'several' && <RegionBoxes {...fault('regions', text.regionWrong)} />}
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
            <Field label={text.roles} rows={2} {...typed('roles')} {...fault('roles', text.roleWrong)} />
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
function PublicKeyInput({ error, takesFocus }: Fault): VNode {
  const { text } = useApp();
  const { form, change } = useForm();
  const refused = useRef(false);
  return (
    <Field
      label={text.publicKey}
      hint={text.publicKeyHint}
      rows={3}
      value={form.publicKey}
      error={error || (refused.current && text.privateKey)}
      takesFocus={takesFocus}
      onInput={(publicKey) => {
        refused.current = holdsPrivateKey(publicKey);
        change({ publicKey: refused.current ? '' : publicKey });
        if (refused.current) announce(text.privateKey);
      }}
    />
  );
}

/** The regions by their names; one that is not on the list by its id. */
function RegionSelect(fault: Fault): VNode {
  const { text } = useApp();
  const { form, change } = useForm();
  const { region } = form;
  const [isOther, setIsOther] = useState(region !== '' && !text.regions.has(region));
  return (
    <>
      <Field
        label={text.region}
        options={[
          ['', text.chooseRegion],
          ...[...text.regions].map(([id, name]) => [id, `${name} – ${id}`] as const),
          [OTHER, text.otherRegion],
        ]}
        value={isOther ? OTHER : region}
        {...(!isOther && fault)}
        onInput={(id) => {
          setIsOther(id === OTHER);
          change({ region: id === OTHER ? '' : id });
        }}
      />
      {isOther && (
        <Field
          label={text.regionId}
          hint={text.regionHint}
          value={region}
          {...fault}
          onInput={(id) => change({ region: id })}
        />
      )}
    </>
  );
}

const OTHER = '?';

function RegionBoxes(fault: Fault): VNode {
  const { text } = useApp();
  const { form, change, typed } = useForm();
  const tick = (id: string, isTicked: boolean) => {
    const others = form.regions.filter((one) => one !== id);
    change({ regions: isTicked ? [...others, id] : others });
  };
  return (
    <>
      <div class="boxes" role="group" aria-label={text.severalRegions}>
        {[...text.regions].map(([id, name]) => (
          <Choice
            key={id}
            label={name}
            hint={id}
            isChecked={form.regions.includes(id)}
            onCheck={(isTicked) => tick(id, isTicked)}
          />
        ))}
      </div>
      <Field label={text.otherRegions} {...typed('otherRegions')} {...fault} />
    </>
  );
}

/** So many are shown one by one; a table pasted whole has thousands. */
const SHOWN = 24;

/** Instances as they are pasted. What is not an instance id stays until it is taken out by hand. */
export function IdsInput({ wrong }: { readonly wrong: readonly FormField[] }): VNode {
  const { text } = useApp();
  const { form, change, typed } = useForm();
  const { ids } = form;
  const { format } = text;
  const reading = useMemo(() => readInstanceIds(ids), [ids]);
  const group = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (wrong[0] === 'strange') group.current?.focus();
  }, [wrong]);
  const { strange, repeats } = reading;
  const remove = (pieces: readonly Piece[]) => {
    const left = withoutPieces(ids, pieces);
    change({ ids: left });
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
        {...typed('ids')}
        error={error}
        takesFocus={wrong[0] === 'ids'}
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
        class="notice wait"
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
