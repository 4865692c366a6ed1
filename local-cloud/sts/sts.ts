import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Fleet, SeedDefaults } from '../ecs/fleet.ts';
import { type FaultOf, FaultScript, type HttpFault } from '../http/fault.ts';
import { serve } from '../http/serve.ts';
import type { Verifier } from '../signature/verify.ts';
import type { Teardown } from '../teardown.ts';
import { type StsCall, type StsState, serveSts } from './api.ts';
import { selfSignedCertificate } from './certificate.ts';
import { type Role, type RoleOptions, Roles } from './roles.ts';

/** STS as a test sees it. */
export class Sts {
  /** `host:port`; always TLS. */
  readonly endpoint: string;
  /** The certificate to trust: a file for NODE_EXTRA_CA_CERTS, and its text. */
  readonly caFile: string;
  readonly ca: string;
  readonly #state: StsState;

  constructor(state: StsState, { endpoint, caFile, ca }: { endpoint: string; caFile: string; ca: string }) {
    this.#state = state;
    this.endpoint = endpoint;
    this.caFile = caFile;
    this.ca = ca;
  }

  get calls(): readonly StsCall[] {
    return this.#state.calls;
  }

  /** A role that may be assumed, with the instances of its account. */
  addRole(options: RoleOptions): Role {
    return this.#state.roles.add(options);
  }

  removeRole(roleArn: string): void {
    this.#state.roles.remove(roleArn);
  }

  script(operation: 'AssumeRole', faults: readonly (HttpFault | undefined)[]): void {
    this.#state.faults.script(operation, faults);
  }

  onCall(operation: 'AssumeRole', faultOf: FaultOf<StsCall, HttpFault> | undefined): void {
    this.#state.faults.onCall(operation, faultOf);
  }
}

interface StsSurroundings extends SeedDefaults {
  clock: Clock;
  verifier: Verifier;
  teardown: Teardown;
}

export async function startSts(fleet: Fleet, surroundings: StsSurroundings): Promise<Sts> {
  const { clock, verifier, teardown, ...defaults } = surroundings;
  const state: StsState = { clock, verifier, roles: new Roles(fleet, defaults), faults: new FaultScript(), calls: [] };
  const tls = selfSignedCertificate();
  const listening = await serve((request, response) => serveSts(request, response, state), { tls });
  teardown.add(() => listening.close());
  const folder = await mkdtemp(join(tmpdir(), 'local-sts-'));
  teardown.add(() => rm(folder, { recursive: true, force: true }));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, tls.cert);
  return new Sts(state, { endpoint: `127.0.0.1:${listening.port}`, caFile, ca: tls.cert });
}
