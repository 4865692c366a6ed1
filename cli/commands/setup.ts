import confirm from '@inquirer/confirm';
import { regionOf } from '../call/connect.ts';
import { EXIT, type ExitCode, WrongUse } from '../failure.ts';
import type { SetupOptions } from '../options.ts';
import type { Session } from '../session.ts';
import { setup as carryOut } from '../setup/setup.ts';

/** The roles, the policies and the queue of a deployment; prints the lines that `s deploy` needs. */
export async function setup(options: SetupOptions, { terminal, variables }: Session): Promise<ExitCode> {
  const { dryRun, yes, json } = options;
  if (!dryRun && !yes && !terminal.isInteractive) {
    throw new WrongUse('Without a terminal it cannot be confirmed: add --yes, or --dry-run to see the difference');
  }
  const { RAM_ENDPOINT: ram, MNS_ENDPOINT: mns, STS_ENDPOINT: sts } = variables;
  const endpoints = { ...(ram && { ram }), ...(mns && { mns }), ...(sts && { sts: `https://${sts}` }) };
  const region = regionOf({ ...(options.region !== undefined && { fcRegion: options.region }) }, variables);
  const { allowedRegions, allowedKeyPairs, accountId, online } = options;
  const code = await carryOut(
    { region, dryRun, yes, json, endpoints, allowedRegions, allowedKeyPairs, accountId, online },
    {
      out: terminal.print,
      err: terminal.say,
      confirm: (message) => confirm({ message, default: false }, { output: process.stderr }),
    },
  );
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.refused;
}
