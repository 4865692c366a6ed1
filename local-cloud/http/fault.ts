/** What goes wrong with one call. `applied`: whether the operation's work was done before the answer was lost. */
export type HttpFault = { latencyMs?: number } & (
  | { kind: 'latency' }
  /** A refusal in the service's own shape. */
  | {
      kind: 'answer';
      status: number;
      code: string;
      message?: string;
      headers?: Record<string, string>;
      applied?: boolean;
    }
  /** A 200 whose body holds a Code: no success. */
  | { kind: 'topLevelCode'; code: string; message?: string; applied?: boolean }
  /** The page of a gateway, 502 unless said. */
  | { kind: 'html'; status?: number; applied?: boolean }
  /** No body, 200 unless said. */
  | { kind: 'empty'; status?: number; applied?: boolean }
  /** Half of the true answer. */
  | { kind: 'truncated' }
  | { kind: 'raw'; body: string; status?: number; headers?: Record<string, string>; applied?: boolean }
  /** A JSON body whose `__proto__` would poison what a careless reader merges it into. */
  | { kind: 'proto'; applied?: boolean }
  /** The connection is reset without an answer. */
  | { kind: 'reset'; applied: boolean }
  /** No answer, the connection stays open. */
  | { kind: 'hang'; applied: boolean }
  /** The true answer, a few bytes at a time. */
  | { kind: 'drip'; bytes?: number; everyMs: number }
);

export type FaultOf<Call, Fault> = (call: Call) => Fault | undefined;

/** Faults by operation: those in line first, each used once, then whatever a function says. */
export class FaultScript<Call, Fault> {
  readonly #lines = new Map<string, (Fault | undefined)[]>();
  readonly #functions = new Map<string, FaultOf<Call, Fault>>();

  /** `undefined` in the list lets that call through. */
  script(operation: string, faults: readonly (Fault | undefined)[]): void {
    this.#lines.set(operation, [...(this.#lines.get(operation) ?? []), ...faults]);
  }

  onCall(operation: string, faultOf: FaultOf<Call, Fault> | undefined): void {
    if (faultOf) this.#functions.set(operation, faultOf);
    else this.#functions.delete(operation);
  }

  next(operation: string, call: Call): Fault | undefined {
    const line = this.#lines.get(operation);
    if (line && line.length > 0) return line.shift();
    return this.#functions.get(operation)?.(call);
  }
}
