/** What is in the account under the names that setup uses. */
export type Existing = {
  readonly roles: ReadonlyMap<string, ExistingRole>;
  readonly policies: ReadonlyMap<string, ExistingPolicy>;
  readonly queues: ReadonlySet<string>;
};

export type ExistingRole = {
  readonly description: string;
  readonly trust: string;
  readonly attached: readonly AttachedPolicy[];
};

export type AttachedPolicy = { readonly type: string; readonly name: string };

/** `document`: of the version in force. */
export type ExistingPolicy = { readonly description: string; readonly document: string };
