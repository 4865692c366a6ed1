import { type ErrorKind, errorKind } from './error-kind.ts';

/**
 * A call that ECS did not carry out, or did not say so.
 * `applied`: whether the change may have happened all the same. `reached`: whether ECS got the call at all.
 */
export class CallError extends Error {
  override readonly name = 'CallError';

  /** Known by its name: a file beside index.js has a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): value is CallError {
    return value instanceof Error && value.name === 'CallError';
  }

  readonly kind: ErrorKind;
  /** ECS's own code and HTTP status; absent when there was no readable answer. */
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  readonly applied: 'no' | 'maybe';
  readonly reached: boolean;

  private constructor(message: string, facts: Omit<CallError, keyof Error | 'codeToReport'>, cause?: unknown) {
    super(message, { cause });
    this.kind = facts.kind;
    this.code = facts.code;
    this.status = facts.status;
    this.retryAfterMs = facts.retryAfterMs;
    this.applied = facts.applied;
    this.reached = facts.reached;
  }

  /** What an answer says where it must say something. */
  get codeToReport(): string {
    return this.code ?? 'ServiceUnavailable';
  }

  /** ECS answered with an error. After a 5xx it is not known what was done before it. */
  static answered(status: number, said: string, message: string, retryAfterMs?: number): CallError {
    const code = plainCode(said, message);
    const applied = status >= 500 || mayBeApplied(code) ? 'maybe' : 'no';
    return new CallError(message, {
      kind: errorKind(code, status),
      code,
      status,
      retryAfterMs,
      applied,
      reached: true,
    });
  }

  /** There was no time left to make the call. */
  static expired(): CallError {
    return new CallError('the time was up', { ...SILENT, code: 'DeadlineExceeded', applied: 'no', reached: false });
  }

  /** The call was never sent: no such host, a refused connection, a failed handshake, a header that cannot be written. */
  static unreached(cause: unknown, why: string): CallError {
    return new CallError(
      `the service could not be reached: ${why}`,
      { ...SILENT, applied: 'no', reached: false },
      cause,
    );
  }

  /** Sent, but no answer came, or one that says nothing. */
  static unreadable(message: string, cause?: unknown): CallError {
    return new CallError(message, { ...SILENT, applied: 'maybe', reached: true }, cause);
  }
}

/** Some of ECS's hosts tell of an expired token as of a parameter (aliyun/kubevela terraform-controller, issue 52). */
function plainCode(code: string, message: string): string {
  const expired =
    code === 'InvalidParameter' && /\bSecurityToken\.(Expired|Malformed|MismatchWithAccessKey)\b/.exec(message);
  return expired ? `InvalidSecurityToken.${expired[1]}` : code;
}

/** Whether the change may have been made by a call, or for an item, that has failed with this code. */
export function mayBeApplied(code: string): boolean {
  // A nonce that is used up: something on the way has sent our call twice, and the other one was answered.
  return /^(InternalError|SignatureNonceUsed|UnknownError)(\.|$)|(^|\.)ServiceUnavailable$|^5\d\d$/.test(code);
}

const SILENT = { kind: 'transient', code: undefined, status: undefined, retryAfterMs: undefined } as const;

/** What a port has thrown, as a value; anything else is a bug: rethrown. */
export function callErrorOf(error: unknown): CallError {
  if (error instanceof CallError) return error;
  throw error;
}
