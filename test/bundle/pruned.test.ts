import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const load = createRequire(path.resolve('dist/detach-key-pair/index.js'));

describe('a module that was left out of a bundle', () => {
  it('says so when it is needed after all', async () => {
    const { default: Credential, Config } = load('./lazy/credentials.js');
    const config = new Config({ type: 'rsa_key_pair', publicKeyId: 'id', privateKeyFile: '/nowhere' });
    expect(() => new Credential(config)).toThrow(
      /rsa_key_pair_credential\.ts \(key pairs of the Japan site\) was pruned from the bundle, and is needed after all/,
    );
  });
});
