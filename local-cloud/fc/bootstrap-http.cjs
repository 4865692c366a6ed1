'use strict';
// The `(request, response, context)` form of FC 2.0, "HTTP handler" in its documentation.
const { Readable } = require('node:stream');

exports.callHttp = (handler, http, body, context) =>
  new Promise((resolve, reject) => {
    const request = Object.assign(Readable.from(body.length > 0 ? [body] : [], { objectMode: false }), http);
    const response = new Response(resolve, reject);
    const returned = handler(request, response, context);
    // What the handler returns means nothing; only send() ends the request.
    if (typeof returned?.then === 'function') returned.then(undefined, reject);
  });

class Response {
  #statusCode = 200;
  #headers = {};
  #resolve;
  #reject;

  constructor(resolve, reject) {
    this.#resolve = resolve;
    this.#reject = reject;
  }

  setStatusCode(statusCode) {
    if (!Number.isInteger(statusCode)) throw new TypeError('the status code must be an integer');
    this.#statusCode = statusCode;
  }

  setHeader(name, value) {
    if (typeof value !== 'string') throw new TypeError('the value of a header must be a string');
    this.#headers[name] = value;
  }

  deleteHeader(name) {
    delete this.#headers[name];
  }

  send(body) {
    this.#collect(body).then((payload) => {
      this.#resolve({ payload, http: { statusCode: this.#statusCode, headers: this.#headers } });
    }, this.#reject);
  }

  async #collect(body) {
    if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
    if (!(body instanceof Readable)) throw new TypeError('send() takes a string, a Buffer or a stream');
    const chunks = [];
    for await (const chunk of body) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }
}
