import type { ComponentChildren, JSX, VNode } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import type { Tone } from '../core/labels.ts';
import { asksForToken, type Refusal, type Silence } from '../core/reply.ts';
import { useApp } from './app-context.ts';

type InputProps = {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly hint?: string | undefined;
  /** What is wrong with it; nothing for nothing. */
  readonly error?: string | false | undefined;
  /** Goes there when it is wrong: of several, to the first. */
  readonly takesFocus?: boolean;
  readonly class?: string;
  readonly rows?: number;
  /** To choose one of. */
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly more?: JSX.InputHTMLAttributes<HTMLInputElement>;
};

/** An input, a text area or a list with its label, a hint, and room for what is wrong with it, all announced to screen readers. */
export function Field({
  label,
  value,
  onInput,
  hint,
  error,
  takesFocus,
  class: name = '',
  rows,
  options,
  more,
}: InputProps): VNode {
  const id = useId();
  const input = useRef<HTMLElement>(null);
  useEffect(() => {
    if (error && takesFocus) input.current?.focus();
  }, [error, takesFocus]);
  const common = {
    id,
    value,
    autocomplete: 'off',
    spellcheck: false,
    autocapitalize: 'off',
    'aria-describedby': `${id}h ${id}e`,
    ...(error && { 'aria-invalid': true }),
    ref: (element: HTMLElement | null) => {
      input.current = element;
    },
    onInput: (event: { readonly currentTarget: { readonly value: string } }) => onInput(event.currentTarget.value),
  } as const;
  return (
    <div class={`field ${name}`}>
      <label for={id}>{label}</label>
      {options ? (
        <select {...common}>
          {options.map(([one, label]) => (
            <option key={one} value={one}>
              {label}
            </option>
          ))}
        </select>
      ) : rows ? (
        <textarea {...common} rows={rows} />
      ) : (
        <input type="text" {...common} {...more} />
      )}
      {hint && (
        <p class="hint" id={`${id}h`}>
          {hint}
        </p>
      )}
      <p class="field-error" id={`${id}e`}>
        {error}
      </p>
    </div>
  );
}

type ChoiceProps = {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly isChecked: boolean;
  readonly onCheck: (isChecked: boolean) => void;
  /** Of a radio button: its group's. */
  readonly name?: string;
};

/** A radio button or a check box with its label beside it. */
export function Choice({ label, hint, isChecked, onCheck, name }: ChoiceProps): VNode {
  const id = useId();
  return (
    <div class="choice">
      <input
        id={id}
        type={name === undefined ? 'checkbox' : 'radio'}
        name={name}
        checked={isChecked}
        aria-describedby={hint && `${id}h`}
        onChange={({ currentTarget }) => onCheck(currentTarget.checked)}
      />
      <div>
        <label for={id}>{label}</label>
        {hint && (
          <p class="hint" id={`${id}h`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

type ChoicesProps<Value extends string> = {
  readonly legend: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, label: string, hint?: string])[];
  readonly onChoose: (value: Value) => void;
  readonly isStacked?: boolean;
  readonly children?: ComponentChildren;
};

/** One of some, and what belongs to it. */
export function Choices<Value extends string>({
  legend,
  value,
  options,
  onChoose,
  isStacked,
  children,
}: ChoicesProps<Value>): VNode {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div class={isStacked ? 'choices stacked' : 'choices'}>
        {options.map(([one, label, hint]) => (
          <Choice
            key={one}
            name={name}
            label={label}
            hint={hint}
            isChecked={one === value}
            onCheck={() => onChoose(one)}
          />
        ))}
      </div>
      {children}
    </fieldset>
  );
}

type ButtonProps = {
  readonly onClick: () => void;
  readonly kind?: 'main' | 'danger' | 'quiet';
  readonly isDisabled?: boolean;
  readonly label?: string;
  readonly hasFocus?: boolean;
  readonly children: ComponentChildren;
};

export function Button({ onClick, kind, isDisabled, label, hasFocus, children }: ButtonProps): VNode {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (hasFocus) button.current?.focus({ preventScroll: true });
  }, [hasFocus]);
  return (
    <button
      ref={button}
      type="button"
      class={`button ${kind ?? ''}`}
      disabled={isDisabled}
      aria-label={label}
      onClick={onClick}
    >
      {children}
    </button>
  );
}

type NoticeProps = {
  readonly kind: Tone;
  readonly title: string;
  readonly children?: ComponentChildren;
};

/** Something to read before going on. */
export function Notice({ kind, title, children }: NoticeProps): VNode {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'note'}>
      <h3>{title}</h3>
      {children}
    </div>
  );
}

/** The service that refused, in its own words. */
export function RefusalNotice({
  reply,
  children,
}: {
  readonly reply: Refusal | Silence;
  readonly children?: ComponentChildren;
}): VNode {
  const { text } = useApp();
  if (reply.kind === 'silence') {
    const isElsewhere = new URL(reply.url).origin !== location.origin;
    return (
      <Notice kind="bad" title={text.noAnswer}>
        <p>{text.browserSays(reply.message)}</p>
        {isElsewhere && <p>{text.elsewhere}</p>}
        {children}
      </Notice>
    );
  }
  const { status, code, message, requestId } = reply;
  return (
    <Notice kind="bad" title={code === '' ? `HTTP ${status}` : `${status} ${code}`}>
      <p>{message === '' ? text.emptyAnswer : message}</p>
      {requestId !== '' && (
        <p class="hint">
          RequestId <code>{requestId}</code>
        </p>
      )}
      {children}
    </Notice>
  );
}

/** The service that refused, and the button that asks it again: with another token, where it wants one. */
export function RefusedNotice({
  reply,
  again,
}: {
  readonly reply: Refusal | Silence;
  readonly again: () => void;
}): VNode {
  const { text } = useApp();
  return (
    <RefusalNotice reply={reply}>
      {asksForToken(reply) ? (
        <TokenForm goOn={text.lookAgain} onToken={again} />
      ) : (
        <div class="actions">
          <Button onClick={again}>{text.lookAgain}</Button>
        </div>
      )}
    </RefusalNotice>
  );
}

/** Asks for another token, and goes on with it. */
export function TokenForm({
  goOn,
  onToken,
  children,
}: {
  readonly goOn: string;
  readonly onToken: () => void;
  readonly children?: ComponentChildren;
}): VNode {
  const { text, dispatch } = useApp();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  return (
    <form
      class="token"
      onSubmit={(event) => {
        event.preventDefault();
        dispatch({ type: 'connection', change: { token: input.current?.value ?? '' } });
        onToken();
      }}
    >
      <div class="field">
        <label for={id}>{text.token}</label>
        <input ref={input} id={id} type="password" autocomplete="off" spellcheck={false} />
      </div>
      <button type="submit" class="button main">
        {goOn}
      </button>
      {children}
    </form>
  );
}

export type Figure = { readonly number: number; readonly what: string; readonly tone?: Tone };

/** Numbers, each with what it counts. Nothing of it has no colour. */
export function Figures({ all }: { readonly all: readonly (Figure | false)[] }): VNode {
  const { format } = useApp().text;
  return (
    <dl class="figures">
      {all.map(
        (figure) =>
          figure && (
            <div key={figure.what} class={figure.number > 0 ? (figure.tone ?? 'plain') : 'plain'}>
              <dt>{figure.what}</dt>
              <dd>{format.count(figure.number)}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

export function Mark({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }): VNode {
  return <span class={`mark ${tone}`}>{children}</span>;
}

/** A bar of so many. `said`: what it shows, for those who do not see it. */
export function Bar({
  label,
  said,
  done,
  total,
  isThick,
  children,
}: {
  readonly label: string;
  readonly said: string;
  readonly done: number;
  readonly total: number;
  readonly isThick?: boolean;
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div
      class={isThick ? 'bar thick' : 'bar'}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={done}
      aria-valuetext={said}
    >
      {children}
    </div>
  );
}
