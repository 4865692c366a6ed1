/** A moment of this process's clock, in milliseconds since the epoch, by which something must be over. */
export type Deadline = { readonly at: number; left(): number };

export function deadlineAt(at: number): Deadline {
  return { at, left: () => at - Date.now() };
}
