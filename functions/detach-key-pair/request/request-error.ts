import { holdsPrivateKey } from '../../../shared/private-key.ts';

/** The caller's fault, in ECS's words: HTTP status, `Code`, and a message that says which field and what to do. */
export class RequestError extends Error {
  override readonly name = 'RequestError';

  /** Known by its name: a file beside index.js has a copy of this class. */
  static override [Symbol.hasInstance](value: unknown): value is RequestError {
    return value instanceof Error && value.name === 'RequestError';
  }

  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;
  /** For the log alone. */
  readonly reason: string | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    reason?: string,
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
    this.reason = reason;
  }
}

/** A field that is there but not as it has to be. */
export function invalid(field: string, why: string): RequestError {
  const end = why.endsWith('?') ? '' : '.';
  return new RequestError(400, codeOf(field), `The specified parameter "${shown(field)}" is not valid: ${why}${end}`);
}

/** Two fields that are both there and exclude each other. */
export function clashing(field: string, other: string): RequestError {
  return invalid(field, `it does not go with ${other}: leave one of them out`);
}

export function missing(field: string, hint = ''): RequestError {
  return new RequestError(
    400,
    'MissingParameter',
    `The input parameter "${field}" that is mandatory for processing this request is not supplied.${hint && ` ${hint}`}`,
  );
}

export function malformed(why: string): RequestError {
  return new RequestError(400, 'MalformedBody', `The request body cannot be read: ${why}.`);
}

function codeOf(field: string): string {
  if (field === 'InstanceIds') return 'InvalidInstanceIds.ValueNotSupported';
  if (field === 'KeyPairName' || field === 'RegionId') return `Invalid${field}.Malformed`;
  return 'InvalidParameter';
}

/** A caller's own text, short enough to echo; a private key is never echoed. */
export function shown(text: string): string {
  if (holdsPrivateKey(text)) return 'a private key';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
