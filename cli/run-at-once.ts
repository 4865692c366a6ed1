import { refusalText } from './look.ts';
import { conclude, type Run } from './run.ts';
import { RefusedError } from './terminal.ts';
import { parsedRecord } from './transport/parsed.ts';

/** One request for all of it: several places belong together, and so do waves that watch one another. */
export async function runAtOnce(run: Run): Promise<number> {
  const { where, choice, change, token, carrier, terminal, state, tasks } = run;
  run.onKeepTasks(() => state.save({ version: 1, job: undefined, sections: {}, tasks: tasks() }));
  terminal.err('Detaching …');
  const { status, text } = await carrier.send({ ...where, ...choice, ...change, ClientToken: token });
  const body = parsedRecord(text);
  if (status !== 200 || body['Results'] === undefined) throw new RefusedError(refusalText(status, body));
  return conclude(body, true, run);
}
