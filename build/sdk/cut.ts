/** A method of a class in the generated sources: they are indented by two spaces, and no line of a body by less. */
const METHOD = /^ {2}(?:static )?(?:async )?\*?(\w+)\(.*\{\n[\s\S]*?^ {2}\}\n/gm;
const MODEL = /^export \{ (\w+) \} from .*\n/gm;

/**
 * The ECS client without the operations that are not called. An operation is two methods, `x` and `xWithOptions`; `words`
 * are those of the sources that may call it.
 */
export function cutOperations(client: string, words: ReadonlySet<string>): string {
  const methods = new Set([...client.matchAll(METHOD)].map(([, name]) => name));
  return client.replace(METHOD, (method, name: string) => {
    const operation = name.replace(/WithOptions$/, '');
    const isOperation = methods.has(`${operation}WithOptions`);
    return isOperation && !words.has(operation) && !words.has(`${operation}WithOptions`) ? '' : method;
  });
}

/** The list of models without those that neither the words nor the operations that are left name. */
export function cutModels(list: string, words: ReadonlySet<string>, client: string): string {
  const named = new Set([...client.matchAll(/\$_model\.(\w+)/g)].map(([, name]) => name));
  return list.replace(MODEL, (line, name: string) => (words.has(name) || named.has(name) ? line : ''));
}

const FIELD = /^ {6}(\w+): .*,\n/gm;
const VALIDATED = /^ {4}if\s?\((?:Array\.isArray\()?this\.(\w+)[\s\S]*?^ {4}\}\n/gm;
const SENT = /^ {4}if \(!\$dara\.isNull\(request\.(\w+)\)\) \{\n {6}query\[.*\n {4}\}\n/gm;

/** A model, or the client, without the fields that no source names: they are neither set nor read. */
export function cutFields(code: string, words: ReadonlySet<string>): string {
  const kept = (line: string, field: string) => (words.has(field) || RESPONSE.has(field) ? line : '');
  return code.replace(FIELD, kept).replace(VALIDATED, kept).replace(SENT, kept);
}

const RESPONSE = new Set(['headers', 'statusCode', 'body']);

/** Methods of the SDK core that ECS and FC 3.0 do without. */
const UNCALLED: Readonly<Record<string, readonly string[]>> = {
  // Older signatures, gateways that sign in a way of their own, event streams; what asks a client for its credentials.
  '@alicloud/openapi-core/src/client.ts':
    'doRPCRequest doROARequest doROARequestWithForm execute callSSEApi setGatewayClient getAccessKeyId getAccessKeySecret getSecurityToken getBearerToken getType'.split(
      ' ',
    ),
  // Their signatures; forms of lists and maps that the two do not use.
  '@alicloud/openapi-core/src/utils.ts':
    'getEndpoint getStringToSign getROASignature getRPCSignature getDateUTCString arrayToStringWithSpecifiedStyle stringifyMapValue toArray parseToMap mapToFlatStyle'.split(
      ' ',
    ),
};

/** The file without them; asked for after all, each is named by what is thrown. */
export function cutUncalled(file: string, code: string): string {
  const uncalled = UNCALLED[file];
  if (!uncalled) return code;
  const rest = code.replace(METHOD, (method, name: string) => (uncalled.includes(name) ? '' : method));
  const what = JSON.stringify(file.replace(/src\/.*/, 'or of a client that extends it'));
  return `import { cutOff } from 'in-bundle';\n${rest}
Object.setPrototypeOf(Client, cutOff(${what}, Function.prototype));
Object.setPrototypeOf(Client.prototype, cutOff(${what}, Object.prototype));`;
}
