import type { CloudOptions } from '../../local-cloud/cloud.ts';

/** The local cloud's ECS, or a bare server that says yes to everything. */
export type EcsOptions =
  | ({
      kind: 'cloud';
      /** How many more instances have the key pair in which regions. */
      elsewhere?: Readonly<Record<string, number>>;
    } & Pick<CloudOptions, 'instances' | 'latencyMs' | 'throttle'>)
  | { kind: 'bare'; instances: number; latencyMs: number };
export type ToEcs = { start: EcsOptions } | { ask: 'calls' };

/** Where it is, over HTTP and over TLS; with what to sign; what it holds. */
export type EcsFacts = {
  endpoint: string;
  tlsEndpoint: string;
  /** To be trusted: the certificate of the second. */
  ca: string;
  credentials: { accessKeyId: string; accessKeySecret: string; securityToken: string };
  instanceIds: string[];
};
export type FromEcs = { facts: EcsFacts } | { calls: number };
