import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { fcFailure, type Invocation, type InvocationResult, parseReply, type Reply } from './invocation.ts';
import { LogLines } from './log-lines.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap.cjs', import.meta.url));

export interface InstanceSettings {
  folder: string;
  handler: string;
  timeoutSeconds: number;
  environment: Record<string, string>;
  /** How far the function's clock is ahead of the machine's when an invocation begins, and how fast it goes then. */
  aheadMs: () => number;
  speed: number;
  onLine: (line: string) => void;
}

/** What an invocation is given besides its event. */
export interface Surroundings {
  context: Record<string, unknown>;
  /** Variables that change while the process lives. */
  environment: Record<string, string>;
}

/** One process: it runs one invocation at a time and is frozen in between. */
export class Instance {
  readonly exited: Promise<void>;
  readonly #settings: InstanceSettings;
  readonly #process: ChildProcess;
  readonly #ready: Promise<void>;
  readonly #streams: LogLines[] = [];
  #lines: string[] = [];
  #alive = true;
  #settle: ((reply: Reply) => void) | undefined;

  constructor(settings: InstanceSettings) {
    this.#settings = settings;
    this.#process = spawn(process.execPath, [BOOTSTRAP, settings.folder, settings.handler, String(settings.speed)], {
      cwd: settings.folder,
      env: settings.environment,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      if (stream) this.#streams.push(new LogLines(stream, (line) => this.#log(line)));
    }
    this.#ready = new Promise((resolve) => this.#process.once('message', () => resolve()));
    this.#process.on('message', (message: unknown) => {
      const reply = parseReply(message);
      if (reply) this.#settle?.(reply);
    });
    this.exited = new Promise((resolve) => this.#process.once('close', () => resolve()));
    this.exited.then(() => {
      this.#alive = false;
      this.#settle?.(fcFailure('Process exited unexpectedly before completing request'));
    });
  }

  get alive(): boolean {
    return this.#alive;
  }

  async invoke(invocation: Invocation, { context, environment }: Surroundings): Promise<InvocationResult> {
    const { requestId, event, http } = invocation;
    const mark = `\u0000${randomUUID()}`;
    const allRead = Promise.all(this.#streams.map((stream) => stream.until(mark)));
    const replied = new Promise<Reply>((resolve) => {
      this.#settle = resolve;
    });
    this.#lines = [];
    this.#process.kill('SIGCONT');
    this.#process.send({ mark, event, context, environment, http, ahead: this.#settings.aheadMs() }, ignore);
    // Loading the code does not count.
    await Promise.race([this.#ready, replied]);
    const timer = setTimeout(() => this.#runOut(), (this.#settings.timeoutSeconds * 1000) / this.#settings.speed);
    const reply = await replied;
    clearTimeout(timer);
    // Frozen as soon as the value is there: what the function left running does not go on.
    this.#process.kill('SIGSTOP');
    await allRead;
    return { ...reply, requestId, logs: this.#lines };
  }

  /** At once, running or frozen. */
  kill(): void {
    this.#alive = false;
    this.#process.kill('SIGKILL');
  }

  #runOut(): void {
    this.kill();
    this.#settle?.(fcFailure(`Function timed out after ${this.#settings.timeoutSeconds} seconds`));
  }

  #log(line: string): void {
    this.#lines.push(line);
    this.#settings.onLine(line);
  }
}

/** The process may die while it is being written to; `exited` tells. */
function ignore(): void {}
