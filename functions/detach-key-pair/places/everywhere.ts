// What only a request about several places needs: a file beside index.js, loaded when used (build/lazy.ts).
export { placesSection, refusalOf } from './report.ts';
export { searchPlaces } from './search-places.ts';
