/** What has the same key goes together: every key once, in the first order, and all that has it. */
export function grouped<Value, Key>(
  values: readonly Value[],
  keyOf: (value: Value) => Key,
): { readonly key: Key; readonly values: Value[] }[] {
  const groups = new Map<string, { key: Key; values: Value[] }>();
  for (const value of values) {
    const key = keyOf(value);
    const name = JSON.stringify(key);
    const group = groups.get(name) ?? { key, values: [] };
    group.values.push(value);
    groups.set(name, group);
  }
  return [...groups.values()];
}

/** Instances that have the same about them, by what that is. */
export function groupedIds<About extends object>(
  entries: Iterable<readonly [id: string, about: About]>,
): (About & { ids: string[] })[] {
  return grouped([...entries], ([, about]) => about).map(({ key, values }) => ({
    ...key,
    ids: values.map(([id]) => id),
  }));
}
