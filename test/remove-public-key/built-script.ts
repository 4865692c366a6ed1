import { readScript } from '../../build/removal-script.ts';

/** What is `removal:script` to tests of the source. */
export const sections = readScript();
