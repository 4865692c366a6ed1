import type { LocalCloud } from '../../local-cloud/cloud.ts';

/** The environment of a function that runs in this process: the services of this cloud, and its credentials. */
export function variablesOf({ ecs, fc, sts }: LocalCloud): Record<string, string> {
  return {
    ECS_ENDPOINT: ecs.endpoint,
    FC_ENDPOINT: fc.endpoint,
    STS_ENDPOINT: sts.endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: ecs.credentials.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: ecs.credentials.accessKeySecret,
  };
}
