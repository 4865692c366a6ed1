import { chunks } from '../../shared/chunks.ts';
import { grouped, groupedIds } from './grouped.ts';
import { type Job, targetsOf } from './job.ts';
import type { Watch } from './restarts.ts';
import { type Target, targetFields } from './target.ts';

/** Instances of one target that were detached by this time (ms since the epoch), and are restarted together. */
export type Detached = {
  readonly target: Target;
  readonly since: number;
  readonly ids: readonly string[];
  /** When their restart is due, if one was queued, and by which task. */
  readonly due?: number;
  readonly task?: string | undefined;
  /** Which request it was, where its waves watch each other: they watch those of their own request. */
  readonly request?: number;
};

/** What a later verification is about. */
export type Proof = {
  readonly groups: readonly Detached[];
  /** How the waves watch each other, and how large they are. */
  readonly watch?: Watch & { readonly batchSize: number };
};

const REQUEST_SIZE = 1_000;

/** Of a job: what is detached, by when, and when it becomes real. */
export function proofOf(job: Job): Proof {
  const { restarts, parts } = job;
  const found = new Map<string, Omit<Detached, 'ids'>>();
  const becomesReal = restarts.kind !== 'off' || restarts.online !== undefined;
  const watch = restarts.kind === 'waves' && restarts.watch;
  for (const [request, part] of parts.entries()) {
    const targetOf = targetsOf(job, part);
    for (const { id, ok, restart, removal } of part.done?.outcomes ?? []) {
      const queued = [restart, removal].find((one) => one?.queued === true);
      // One that never had the key pair is in no task, and there is nothing to wait for.
      const isUntouched = becomesReal && part.finishes === undefined && !restart && !removal;
      if (!ok || isUntouched) continue;
      found.set(id, {
        target: targetOf(id),
        since: part.done?.since ?? 0,
        ...(queued?.queued && { due: queued.at, task: queued.task }),
        ...(watch && { request }),
      });
    }
  }
  return {
    groups: groupedIds(found),
    ...(watch && { watch: { ...watch, batchSize: restarts.kind === 'waves' ? restarts.batchSize : 0 } }),
  };
}

/** What a proof is about, in short. */
export type ProofSummary = {
  readonly count: number;
  readonly names: readonly string[];
  readonly regions: readonly string[];
  /** Of other accounts. */
  readonly roles: readonly string[];
  /** When the first and the last of them were detached. */
  readonly from: number;
  readonly to: number;
};

export function summaryOf({ groups }: Proof): ProofSummary {
  const times = groups.map(({ since }) => since);
  return {
    count: groups.reduce((sum, { ids }) => sum + ids.length, 0),
    ...namesOf(groups.map(({ target }) => target)),
    from: Math.min(...times),
    to: Math.max(...times),
  };
}

/** Each name once: of the key pairs, the regions, and the roles of other accounts. */
export function namesOf(targets: readonly Target[]): Pick<ProofSummary, 'names' | 'regions' | 'roles'> {
  const distinct = (nameOf: (target: Target) => string) => [...new Set(targets.map(nameOf))];
  return {
    names: distinct(({ keyPairName }) => keyPairName),
    regions: distinct(({ regionId }) => regionId),
    roles: distinct(({ roleArn }) => roleArn).filter((role) => role !== ''),
  };
}

/** One request for each thousand of those that have the target and the time in common. */
export function proofRequests(groups: readonly Detached[]) {
  return grouped(groups, ({ target, since }) => ({ target, since })).flatMap(({ key, values }) =>
    chunks(
      values.flatMap(({ ids }) => ids),
      REQUEST_SIZE,
    ).map((ids) => ({
      ...targetFields(key.target),
      InstanceIds: ids,
      Verify: true,
      VerifySince: new Date(key.since).toISOString(),
    })),
  );
}
