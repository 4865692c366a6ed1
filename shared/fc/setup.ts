import { connect, type Services } from '../alibaba/connect.ts';
import { type Config, type Environment, loadConfig } from '../config/config.ts';
import { guardsOf } from '../config/guards.ts';
import { causeOf, createLog, type Log } from '../log/log.ts';
import { redactor, secretsOf } from '../log/sanitize.ts';
import { type Context, readContext } from './context.ts';
import { type Deadline, deadlineAt } from './deadline.ts';

export type SetupOptions = {
  variables: Environment;
  /** Takes the log's lines; the console unless a test says so. */
  write?: ((line: string) => void) | undefined;
  /** Whether this process has said nothing yet: its log begins with the guards that are on. */
  isFirst?: () => boolean;
  /** Where the services are others than FC's own: the command line carries a request out without a function. */
  connect?: typeof connect;
  /** Of ECS, what the function calls: all that a role of another account is asked for. */
  ecsActions?: readonly string[];
};

/** What every function begins with. `ready` is undefined where a setting is bad: the log has said which. */
export type Setup = {
  readonly context: Context;
  readonly log: Log;
  readonly startedAt: number;
  readonly ready: { readonly config: Config; readonly deadline: Deadline; readonly services: Services } | undefined;
};

/**
 * Context → log → settings → deadline → services. The log hides the secrets of this invocation from its first line on,
 * whatever is wrong with the settings. A bad setting does not throw: the module has to answer every call all the same.
 */
export function setUp(
  rawContext: unknown,
  { variables, write, isFirst, ecsActions, connect: connectServices = connect }: SetupOptions,
): Setup {
  const startedAt = Date.now();
  const context = readContext(rawContext);
  const { requestId } = context;
  const redact = redactor([...secretsIn(variables), ...secretsOf(context.credentials)]);
  try {
    const config = loadConfig(variables);
    // Whatever LOG_LEVEL is: what is open must not be silent.
    if (isFirst?.()) createLog({ requestId, redact, write }).info('guards', guardsOf(config));
    const log = createLog({ requestId, level: config.logLevel, redact, write });
    const deadline = deadlineAt(startedAt + context.timeoutMs - config.deadlineMarginMs);
    return {
      context,
      log,
      startedAt,
      ready: { config, deadline, services: connectServices(config, context, ecsActions) },
    };
  } catch (error) {
    const log = createLog({ requestId, redact, write });
    log.error('failed', { cause: causeOf(error) });
    return { context, log, startedAt, ready: undefined };
  }
}

/** As they stand in the environment, since its other values may be bad. */
function secretsIn(variables: Environment): (string | undefined)[] {
  return [
    variables['ALIBABA_CLOUD_ACCESS_KEY_SECRET'],
    variables['ALIBABA_CLOUD_SECURITY_TOKEN'],
    ...(variables['WEBHOOK_SECRETS'] ?? '').split(',').map((secret) => secret.trim()),
  ];
}
