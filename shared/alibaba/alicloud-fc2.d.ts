// @alicloud/fc2 ships no types; these are what we use of it.
declare module '@alicloud/fc2' {
  type Options = {
    accessKeyID: string;
    accessKeySecret: string;
    securityToken: string | undefined;
    region: string;
    endpoint: string;
    timeout: number;
    headers: Record<string, string>;
  };
  // biome-ignore lint/style/noDefaultExport: the module's own shape
  export default class Client {
    constructor(accountId: string, options: Options);
    /** Rejects with an Error whose message says `failed with <status>` and whose `code` is FC's ErrorCode. */
    invokeFunction(
      service: string,
      name: string,
      event: string,
      headers: Record<string, string>,
    ): Promise<{ headers: Record<string, string> }>;
  }
}
