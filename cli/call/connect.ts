import type { Store } from '../../portal/core/job-store.ts';
import { direct as callDirectly } from '../direct/direct-call.ts';
import { keptTasks } from '../direct/kept-tasks.ts';
import { WrongUse } from '../failure.ts';
import type { PlaceOptions } from '../options.ts';
import { readText } from '../request/scope.ts';
import type { Session } from '../session.ts';
import { accountId } from './account.ts';
import {
  bearerConnection,
  type Connection,
  directConnection,
  functionConnection,
  triggerConnection,
} from './connection.ts';
import { personalCredentials } from './credentials.ts';

type Where = PlaceOptions & { readonly roleArn?: string };

/** The function as the options name it. Throws `WrongUse` for options that contradict each other. `store` keeps what a direct run owes. */
export function connect(options: Where, session: Session, store?: Store): Connection {
  const { url, bearer, direct } = options;
  const { terminal, variables } = session;
  const places = [options.function, url, direct].filter((given) => given !== undefined);
  if (places.length > 1) throw new WrongUse('--function, --url and --direct exclude each other');
  if (bearer !== undefined && url === undefined) throw new WrongUse('--bearer goes with --url');
  const credentials = personalCredentials(terminal);
  if (direct) {
    // The person's own rights are the limit here, as with any tool of theirs.
    const roles = options.roleArn === undefined || options.roleArn === '*' ? undefined : options.roleArn;
    const own = { ...variables, ...(roles !== undefined && { ALLOWED_ROLE_ARNS: roles }) };
    const { tasks, keep } = keptTasks(store);
    return directConnection(callDirectly(own, tasks, keep, terminal.debug), credentials);
  }
  if (url !== undefined) {
    const address = readUrl(url);
    if (bearer === undefined) return triggerConnection(address, credentials);
    const token = bearer.startsWith('@') ? readText(bearer.slice(1)).trim() : bearer;
    if (token === '' || /[^\x21-\x7e]/.test(token))
      throw new WrongUse('--bearer takes a token without spaces, or @FILE with one in it');
    terminal.hide([token]);
    return bearerConnection(address, token);
  }
  const name = options.function ?? 'detach-key-pair';
  const region = regionOf(options, variables);
  return functionConnection({ name, endpoint: () => endpointOf(region, options.accountId, session) }, credentials);
}

export function regionOf({ fcRegion }: PlaceOptions, variables: Session['variables']): string {
  const region = fcRegion ?? variables['REGION'] ?? 'cn-hangzhou';
  // It becomes part of a host name.
  if (!/^[a-z]{2}(-[a-z0-9]+)+$/.test(region))
    throw new WrongUse(`--fc-region takes a region like cn-hangzhou, not "${region}"`);
  return region;
}

/** FC_ENDPOINT, as for the functions, or the account's own host. */
async function endpointOf(region: string, account: string | undefined, session: Session): Promise<URL> {
  const said = session.variables['FC_ENDPOINT'];
  if (said) return readUrl(said.replaceAll('{region}', region), 'FC_ENDPOINT');
  return new URL(`https://${account ?? (await accountId(session))}.${region}.fc.aliyuncs.com`);
}

/** A signature or a token must not cross a network in clear text. */
function readUrl(text: string, name = '--url'): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url?.hostname ?? '');
  if (url && url.username === '' && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback))) return url;
  throw new WrongUse(`${name} takes https://…, as \`s deploy\` prints it (http:// for this machine alone)`);
}
