import { environment } from '../../shared/config/config.ts';
import { createOnce } from '../../shared/config/guards.ts';
import { isFc2Response, readFc2Request, sendFc2 } from './http/fc2.ts';
import { enter, enterHttp } from './invoke.ts';

const isFirst = createOnce();

/** Function Compute calls this: FC 3.0 with `(event, context)`, an HTTP function of FC 2.0 with `(request, response, context)`. */
export async function handler(first: unknown, second: unknown, third?: unknown): Promise<unknown> {
  const options = { variables: environment(), isFirst };
  if (!isFc2Response(second)) return enter(first, second, options);
  return sendFc2(await enterHttp(await readFc2Request(first), third, options), second);
}
