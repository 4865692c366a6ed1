import { en } from './en.ts';
import { type Format, formatOf } from './format.ts';
import { type Language, languageOf } from './languages.ts';
import { regionsIn } from './regions.ts';
import { zh } from './zh.ts';

/** Every text of the page in one language. A text that one of them lacks does not compile. */
export type Text = ReturnType<typeof en> & {
  readonly format: Format;
  readonly regions: ReturnType<typeof regionsIn>;
};

const TEXTS: Readonly<Record<Language, (format: Format) => ReturnType<typeof en>>> = { en, zh };
const LOCALES: Readonly<Record<Language, string>> = { en: 'en', zh: 'zh-CN' };

/** In the person's own form, where one of their languages is this one. */
export function textOf(language: Language, preferred: readonly string[]): Text {
  const own = preferred.find((tag) => isTag(tag) && languageOf([tag]) === language);
  const format = formatOf(own ?? LOCALES[language]);
  return { ...TEXTS[language](format), format, regions: regionsIn(language) };
}

/** Some browsers name what their operating system calls it: `en-US@posix`. */
function isTag(text: string): boolean {
  return /^[a-z]{2}(-[a-z0-9]{2,8})*$/i.test(text);
}
