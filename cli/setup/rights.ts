export type Place = { readonly accountId: string; readonly region: string };

/** What the operations ask of RAM: "RAM authorization" on the operations' own pages. docs/policies/setup.json permits them. */
export function rightTo(action: string, resource: RightResource, { accountId, region }: Place): string {
  if ('queue' in resource) return `mns:${action} on acs:mns:${region}:${accountId}:/queues/${resource.queue}`;
  const { policy, role } = resource;
  const on = [
    ...(role === undefined ? [] : [`acs:ram:*:${accountId}:role/${role}`]),
    ...(policy === undefined ? [] : [`acs:ram:*:${accountId}:policy/${policy}`]),
  ];
  return `ram:${action} on ${on.join(' and ')}`;
}

type RightResource = { readonly queue: string } | { readonly policy?: string; readonly role?: string };
