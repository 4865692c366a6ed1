/** What is asked in all calls that are compared. */
export const key = { accessKeyId: 'LTAIprobe', accessKeySecret: 'probe secret' };
export const regionId = 'cn-hangzhou';
export const ids: string[] = Array.from({ length: 50 }, (_, k) => `i-bp1probe${String(k).padStart(4, '0')}`);
export const keyPairName = "a key's *pair* (ключ)~!";
export const tags = [{ key: 'env', value: 'a b&c=ü' }, { key: 'team' }];
export const nextToken = 'caeba0=+/';
export const payload = '{"Version":1,"KeyPairName":"ключ"}';
export const roleArn = 'acs:ram::2:role/probe';
