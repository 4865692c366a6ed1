/** `strings`: the page of 2024-11. `numbers`: its later edition. `captured`: an older sample that looks recorded. */
export type WireTypes = 'strings' | 'numbers' | 'captured';

export function wireCount(count: number, types: WireTypes): string | number {
  return types === 'strings' ? String(count) : count;
}

/** A success code is a number in one mix only; error codes are words in all of them. */
export function wireCode(code: string, types: WireTypes): string | number {
  return types === 'numbers' && code === '200' ? 200 : code;
}

export function wireBoolean(value: boolean, types: WireTypes): string | boolean {
  return types === 'strings' ? String(value) : value;
}
