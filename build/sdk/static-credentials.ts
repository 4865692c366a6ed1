// Stands for @alicloud/credentials inside the SDK core, whose clients are given an access key by us: the package brings
// along a provider for every other place that credentials can come from.

import { PrunedError } from './in-bundle.ts';

type Given = { type: string; accessKeyId: string; accessKeySecret: string; securityToken?: string };

export class Config {
  constructor(given: Given) {
    Object.assign(this, given);
  }
}

/** Of type `access_key` or `sts`, as the core makes it. */
export class Credential {
  readonly #given: Given;

  constructor(given: Given) {
    if (given.type !== 'access_key' && given.type !== 'sts') {
      throw new PrunedError(`@alicloud/credentials for the type ${given.type}`);
    }
    this.#given = given;
  }

  async getCredential() {
    const { type, accessKeyId, accessKeySecret, securityToken } = this.#given;
    return {
      type,
      accessKeyId,
      accessKeySecret,
      securityToken,
      providerName: type === 'sts' ? 'static_sts' : 'static_ak',
    };
  }
}

export { Credential as default };
