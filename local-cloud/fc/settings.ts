export type Edition = 'fc3' | 'fc2';

export interface FunctionOptions {
  /** Path of the bundle: one file, run without anything beside it. */
  code: string;
  handler?: string;
  timeoutSeconds?: number;
  memoryMb?: number;
  /** The function's own variables; they win over those that point it at this cloud. */
  environment?: Record<string, string>;
  httpTrigger?: boolean;
  /** `false`: the function has no role, so there are no credentials. */
  role?: boolean;
  /** How many processes at most, as `reservedConcurrency`. */
  maxInstances?: number;
  /** Without it a task id means nothing. */
  asyncTask?: boolean;
  maxAsyncRetryAttempts?: number;
  maxAsyncEventAgeInSeconds?: number;
  onFailure?: boolean;
  /** At-least-once delivery, on demand: how often each message comes, and how far apart on the cloud's clock. */
  deliveries?: { count: number; gapSeconds: number };
}

export interface FunctionSettings extends Required<FunctionOptions> {
  readonly name: string;
}

// Defaults of FC 3.0: 512 MB, 300 instances for an account, 3 retries, a day ("Limits", "Retry policy").
const DEFAULTS = {
  handler: 'index.handler',
  timeoutSeconds: 60,
  memoryMb: 512,
  environment: {},
  httpTrigger: false,
  role: true,
  maxInstances: 300,
  asyncTask: false,
  maxAsyncRetryAttempts: 3,
  maxAsyncEventAgeInSeconds: 86_400,
  onFailure: false,
  deliveries: { count: 1, gapSeconds: 0 },
} satisfies Omit<Required<FunctionOptions>, 'code'>;

// "Environment variables" in FC's documentation: at most 4 KB in all, and the prefix is FC's own.
const MAX_ENVIRONMENT_BYTES = 4096;

export function functionSettings(name: string, options: FunctionOptions): FunctionSettings {
  const settings = { ...DEFAULTS, ...options, name };
  const variables = Object.entries(settings.environment);
  const wrong = variables.find(([key]) => !/^[A-Za-z]\w*$/.test(key) || key.startsWith('FC_'));
  // The one that points the function at this cloud is the exception: FC_ENDPOINT bears the reserved prefix.
  if (wrong && wrong[0] !== 'FC_ENDPOINT') throw new Error(`FC refuses the variable ${wrong[0]} of ${name}`);
  const bytes = variables.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + value), 0);
  if (bytes > MAX_ENVIRONMENT_BYTES) throw new Error(`The variables of ${name} are more than 4 KB`);
  return settings;
}
