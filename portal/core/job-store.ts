import type { Job, Outcome, Part } from './job.ts';

/** What `sessionStorage` is. */
export type Store = {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
};

// The number is the format's: a page of another version leaves a job alone that it would not understand.
const JOB = 'detach-key-pair.job.1';
const partKey = (index: number) => `${JOB}.${index}`;

type Frame = Omit<Job, 'parts'> & { readonly parts: number };

/**
 * Keeps one job over reloads of this tab. Every part has an entry of its own, written only when it has changed: the
 * ids of 100,000 instances are not written again for each 500 of them. Never the token. Throws when there is no room.
 */
export function jobStore(store: Store) {
  let kept: readonly Part[] = [];

  function save(job: Job): void {
    job.parts.forEach((part, index) => {
      if (kept[index] !== part) store.setItem(partKey(index), JSON.stringify(packed(part)));
    });
    const frame: Frame = { ...job, parts: job.parts.length };
    store.setItem(JOB, JSON.stringify(frame));
    kept = job.parts;
  }

  function load(): Job | undefined {
    const frame = frameOf(store.getItem(JOB));
    if (!frame) return undefined;
    const texts = Array.from({ length: frame.parts }, (_, index) => store.getItem(partKey(index)));
    const parts = texts.flatMap((text) => (text === null ? [] : unpacked(text)));
    // Some of it was cleared: what is left is no job.
    if (parts.length < frame.parts) return undefined;
    kept = parts;
    return { ...frame, parts };
  }

  function clear(): void {
    const count = frameOf(store.getItem(JOB))?.parts ?? 0;
    store.removeItem(JOB);
    for (let index = 0; index < count; index++) store.removeItem(partKey(index));
    kept = [];
  }

  return { save, load, clear };
}

function frameOf(text: string | null): Frame | undefined {
  return text === null ? undefined : JSON.parse(text);
}

type Kind = Omit<Outcome, 'id'>;

type Packed = Omit<Part, 'ids' | 'done'> & {
  readonly ids: string;
  /** Most instances of a part have the same outcome: each distinct one once, and which of them is whose. */
  readonly done?: Omit<NonNullable<Part['done']>, 'outcomes'> & {
    readonly kinds: readonly Kind[];
    readonly whose: readonly number[];
  };
};

function packed({ ids, done, ...part }: Part): Packed {
  const frame = { ...part, ids: ids.join() };
  if (!done) return frame;
  const kinds = new Map<string, { index: number; kind: Kind }>();
  const { outcomes, ...about } = done;
  const whose = outcomes.map(({ id: _, ...kind }) => {
    const name = JSON.stringify(kind);
    const known = kinds.get(name) ?? { index: kinds.size, kind };
    kinds.set(name, known);
    return known.index;
  });
  return { ...frame, done: { ...about, kinds: [...kinds.values()].map(({ kind }) => kind), whose } };
}

function unpacked(text: string): Part {
  const { ids, done, ...part }: Packed = JSON.parse(text);
  const list = ids.split(',');
  if (!done) return { ...part, ids: list };
  const { kinds, whose, ...about } = done;
  const outcomes = list.flatMap((id, k) =>
    kinds.filter((_, index) => index === whose[k]).map((kind) => ({ id, ...kind })),
  );
  return { ...part, ids: list, done: { ...about, outcomes } };
}
