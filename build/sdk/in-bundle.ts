// What the build puts into the bundle in place of code that it leaves out.

/** Something that was left out of the bundle is needed after all: a mistake of the build, never of a caller. */
export class PrunedError extends Error {
  override readonly name = 'PrunedError';
  constructor(what: string) {
    super(`${what} was pruned from the bundle, and is needed after all: see build/sdk`);
  }
}

/** A proxy can be constructed where what it stands before can, which no arrow function can. */
function constructible(this: unknown): unknown {
  return this;
}

/** Stands for a module, a class or a function: whatever is done with it throws. */
export function stub(what: string): unknown {
  const fail = () => {
    throw new PrunedError(what);
  };
  return new Proxy(constructible, { get: fail, construct: fail, apply: fail });
}
