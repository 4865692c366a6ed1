import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Fleet, SeedDefaults } from '../ecs/fleet.ts';
import { type FaultOf, FaultScript, type HttpFault } from '../http/fault.ts';
import { serve } from '../http/serve.ts';
import type { WireRequest } from '../http/wire-request.ts';
import type { Verifier } from '../signature/verify.ts';
import type { Teardown } from '../teardown.ts';
import { type StsCall, type StsOperation, type StsState, serveSts } from './api.ts';
import { selfSignedCertificate } from './certificate.ts';
import { type Role, type RoleOptions, Roles } from './roles.ts';

/** STS as a test sees it. */
export class Sts {
  /** `host:port`; always TLS. */
  readonly endpoint: string;
  /** The same without TLS, `http://host:port`: for clients in a process that was started before the certificate was made. */
  readonly plainEndpoint: string;
  /** The certificate to trust: a file for NODE_EXTRA_CA_CERTS, and its text. */
  readonly caFile: string;
  readonly ca: string;
  readonly #state: StsState;

  constructor(state: StsState, { endpoint, plainEndpoint, caFile, ca }: StsAddress) {
    this.#state = state;
    this.endpoint = endpoint;
    this.plainEndpoint = plainEndpoint;
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

  script(operation: StsOperation, faults: readonly (HttpFault | undefined)[]): void {
    this.#state.faults.script(operation, faults);
  }

  onCall(operation: StsOperation, faultOf: FaultOf<StsCall, HttpFault> | undefined): void {
    this.#state.faults.onCall(operation, faultOf);
  }
}

type StsAddress = Pick<Sts, 'endpoint' | 'plainEndpoint' | 'caFile' | 'ca'>;

interface StsSurroundings extends SeedDefaults {
  clock: Clock;
  verifier: Verifier;
  teardown: Teardown;
}

export async function startSts(fleet: Fleet, surroundings: StsSurroundings): Promise<Sts> {
  const { clock, verifier, teardown, ...defaults } = surroundings;
  const state: StsState = { clock, verifier, roles: new Roles(fleet, defaults), faults: new FaultScript(), calls: [] };
  const tls = selfSignedCertificate();
  const service = (request: WireRequest, response: ServerResponse) => serveSts(request, response, state);
  const listening = await serve(service, { tls });
  teardown.add(() => listening.close());
  const plain = await serve(service);
  teardown.add(() => plain.close());
  const folder = await mkdtemp(join(tmpdir(), 'local-sts-'));
  teardown.add(() => rm(folder, { recursive: true, force: true }));
  const caFile = join(folder, 'ca.pem');
  await writeFile(caFile, tls.cert);
  return new Sts(state, {
    endpoint: `127.0.0.1:${listening.port}`,
    plainEndpoint: `http://127.0.0.1:${plain.port}`,
    caFile,
    ca: tls.cert,
  });
}
