/** What we use of it; the package brings no types. */
declare module 'cli-progress' {
  export type Options = {
    readonly format: string;
    readonly hideCursor?: boolean;
    readonly stream?: NodeJS.WritableStream;
  };
  export class SingleBar {
    constructor(options: Options);
    start(total: number, value: number, payload?: object): void;
    update(value: number, payload?: object): void;
    stop(): void;
  }
}
