// Stands for xml2js in a bundle: the SDK core imports it with itself, and hardly any answer is XML.

type Xml = { Parser: new (options: object) => { parseString(text: string, done: unknown): void } };

export class Parser {
  readonly #options: object;

  constructor(options: object) {
    this.#options = options;
  }

  parseString(text: string, done: unknown): void {
    const xml: Xml = require('./lazy/xml2js.js');
    new xml.Parser(this.#options).parseString(text, done);
  }
}

/** Nothing writes XML. */
export class Builder {}
