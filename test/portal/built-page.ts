import { buildPage } from '../../build/portal-page.ts';

/** What is `portal:page` to tests of the source. */
const page = await buildPage();

export const { hashes } = page;
export const html = () => page.html;
