import type { Clock } from '../../clock.ts';
import { type Agent, HEALTHY } from './agent.ts';
import { type Invocation, type InvocationRow, pendingRow } from './invocation.ts';
import { ScriptRun } from './run-script.ts';
import { Trees } from './trees.ts';

/** Scripts at once: each is some hundred short processes, and virtual machines create one after another whatever their cores. */
const CONCURRENCY = 1;

export interface Command {
  readonly name: string;
  readonly script: string;
  readonly timeoutSeconds: number;
  /** Where it runs, and `undefined` with the reason where it cannot. */
  readonly targets: readonly Target[];
}

export interface Target {
  readonly instanceId: string;
  readonly root: () => string;
  readonly aborted?: { readonly code: string; readonly info: string };
}

/** Cloud Assistant: commands, their invocations, and the agents in the instances. */
export class Assistant {
  readonly clock: Clock;
  readonly trees = new Trees();
  readonly invocations: Invocation[] = [];
  readonly #agents = new Map<string, Agent>();
  readonly #tokens = new Map<string, Invocation>();
  readonly #running = new Set<ScriptRun>();
  readonly #waiting: (() => Promise<void>)[] = [];
  #active = 0;
  #stopped = false;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  agentOf(instanceId: string): Agent {
    return this.#agents.get(instanceId) ?? HEALTHY;
  }

  setAgent(instanceId: string, agent: Partial<Agent>): void {
    this.#agents.set(instanceId, { ...this.agentOf(instanceId), ...agent });
  }

  find(invokeId: string): Invocation | undefined {
    return this.invocations.find((invocation) => invocation.invokeId === invokeId);
  }

  withToken(token: string): Invocation | undefined {
    return this.#tokens.get(token);
  }

  start({ name, script, timeoutSeconds, targets }: Command, token: string | undefined): Invocation {
    const number = String(this.invocations.length + 1).padStart(8, '0');
    const invocation: Invocation = {
      invokeId: `t-hz0${number}`,
      commandId: `c-hz0${number}`,
      name,
      script,
      timeoutSeconds,
      createdAt: this.clock.now(),
      rows: targets.map(({ instanceId }) => pendingRow(instanceId)),
    };
    this.invocations.push(invocation);
    if (token !== undefined) this.#tokens.set(token, invocation);
    targets.forEach((target, k) => {
      const row = invocation.rows[k];
      if (row) this.#deliver(row, target, invocation);
    });
    return invocation;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.length = 0;
    const running = [...this.#running];
    for (const run of running) run.kill();
    await Promise.all(running.map(({ ended }) => ended));
    this.trees.remove();
  }

  #deliver(row: InvocationRow, target: Target, invocation: Invocation): void {
    const { aborted, instanceId } = target;
    const agent = this.agentOf(instanceId);
    if (aborted) this.#finish(row, 'Aborted', { errorCode: aborted.code, errorInfo: aborted.info });
    else this.#after(agent.delayMs, () => this.#begin(row, target, invocation, agent));
  }

  #begin(row: InvocationRow, { root }: Target, { script, timeoutSeconds }: Invocation, agent: Agent): void {
    if (agent.does === 'not-answer') {
      this.#finish(row, 'Aborted', { errorCode: 'ClientNotResponse', errorInfo: 'The agent does not respond.' });
      return;
    }
    row.status = 'Running';
    row.startedAt = this.clock.now();
    if (agent.does === 'hang') this.#after(timeoutSeconds * 1000, () => this.#timeOut(row));
    else if (agent.does === 'lie') this.#finish(row, 'Success', { exitCode: 0, output: 'ok\n' });
    else if (agent.does === 'cut-off') this.#finish(row, 'Failed', { exitCode: -1, errorCode: 'ExecutionInterrupted' });
    else this.#queue(() => this.#run(row, script, root(), timeoutSeconds, agent));
  }

  async #run(row: InvocationRow, script: string, root: string, timeoutSeconds: number, agent: Agent): Promise<void> {
    const run = new ScriptRun(script, root);
    this.#running.add(run);
    const callOff = this.clock.at(this.clock.now() + timeoutSeconds * 1000, () => {
      this.#timeOut(row);
      run.kill();
    });
    const { exitCode, output } = await run.ended;
    callOff();
    this.#running.delete(run);
    if (row.status !== 'Running' || agent.does === 'lose-the-result') return;
    const kept = output.slice(0, agent.keepsBytes);
    const errorCode = exitCode === 0 ? '' : 'ExitCodeNonzero';
    this.#finish(row, exitCode === 0 ? 'Success' : 'Failed', {
      exitCode,
      output: kept,
      dropped: output.length - kept.length,
      errorCode,
    });
  }

  #timeOut(row: InvocationRow): void {
    this.#finish(row, 'Timeout', { exitCode: 1, errorCode: 'ExecutionTimeout', errorInfo: 'The execution timed out.' });
  }

  #finish(row: InvocationRow, status: InvocationRow['status'], facts: Partial<InvocationRow>): void {
    Object.assign(row, facts, { status, finishedAt: this.clock.now() });
  }

  #after(ms: number, action: () => void): void {
    if (ms <= 0) action();
    else this.clock.at(this.clock.now() + ms, action);
  }

  /** One after another as processes end. */
  #queue(work: () => Promise<void>): void {
    if (this.#stopped) return;
    this.#waiting.push(work);
    this.#next();
  }

  #next(): void {
    while (this.#active < CONCURRENCY) {
      const work = this.#waiting.shift();
      if (!work) return;
      this.#active++;
      void work().finally(() => {
        this.#active--;
        this.#next();
      });
    }
  }
}
