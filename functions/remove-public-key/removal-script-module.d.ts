/** The script of this function, which build/removal-script.ts puts in: `common`, what the mode needs, and `main` make one text. */
declare module 'removal:script' {
  export const sections: Readonly<Record<'common' | 'remove' | 'close' | 'check' | 'main', string>>;
}
