'use strict';
// The runtime's half of a function's process. Plain JavaScript, because Node 20 has to run it as it stands.
// argv: the folder of the code, `<file>.<export>`, and the speed of its clock. Invocations come and answers go over the
// IPC channel.
const { join } = require('node:path');
const { callHttp } = require('./bootstrap-http.cjs');

const [folder, name, speed] = process.argv.slice(2);
// Taken before the function can replace or close anything.
const send = process.send.bind(process);
const write = {
  stdout: process.stdout.write.bind(process.stdout),
  stderr: process.stderr.write.bind(process.stderr),
};
delete process.send;

// What the function takes for the time runs with the cloud's clock, which tests move on by hours.
const MachineDate = Date;
let begun = { machine: MachineDate.now(), cloud: MachineDate.now() };
const now = () => Math.floor(begun.cloud + (MachineDate.now() - begun.machine) * speed);
globalThis.Date = new Proxy(MachineDate, {
  construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [now()], made),
  apply: (target) => new target(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
if (Number(speed) !== 1) {
  for (const timers of [globalThis, require('node:timers')]) {
    const { setTimeout: after } = timers;
    timers.setTimeout = (callback, ms, ...given) => after(callback, ms / speed, ...given);
  }
  const promised = require('node:timers/promises');
  const { setTimeout: sleep } = promised;
  promised.setTimeout = (ms, ...given) => sleep(ms / speed, ...given);
}

let handler;
let failedToLoad;
try {
  const [file, member] = name.split('.');
  handler = require(join(folder, file))[member];
  if (typeof handler !== 'function') throw new TypeError(`${name} is not a function`);
} catch (error) {
  failedToLoad = error;
}

process.on('message', invoke);
process.on('disconnect', () => process.exit());
send({ kind: 'ready' });

async function invoke({ mark, event, context, environment, http, ahead }) {
  const machine = MachineDate.now();
  begun = { machine, cloud: machine + ahead };
  Object.assign(process.env, environment);
  const given = { ...context, logger: logger(), callbackWaitsForEmptyEventLoop: false };
  let reply;
  try {
    if (failedToLoad) throw failedToLoad;
    const body = Buffer.from(event);
    reply = http ? await callHttp(handler, http, body, given) : await callEvent(body, given);
  } catch (error) {
    reply = failure('UnhandledInvocationError', error);
  }
  // The mark says to the reader of the two streams that nothing of this invocation is still to come.
  await Promise.all([written('stdout', mark), written('stderr', mark)]);
  send({ kind: 'reply', ...reply });
}

/** `(event, context, callback)`; a promise is waited for, a callback too where the handler declares one. */
function callEvent(event, context) {
  return new Promise((resolve, reject) => {
    const settle = (value) => {
      try {
        resolve({ payload: toBytes(value) });
      } catch (error) {
        reject(error);
      }
    };
    const callback = (error, value) => (error ? resolve(failure('HandledInvocationError', error)) : settle(value));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === 'function') returned.then(settle, reject);
    else if (handler.length < 3) settle(returned);
  });
}

/** Bytes stay, objects become JSON, anything else its text. */
function toBytes(value) {
  if (value instanceof Uint8Array) return value;
  if (value === undefined) return Buffer.alloc(0);
  return Buffer.from(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function failure(errorType, error) {
  const isError = error instanceof Error;
  const body = {
    errorMessage: isError ? error.message : String(error),
    errorType: isError ? error.name : typeof error,
    stackTrace: isError ? String(error.stack).split('\n') : [],
  };
  return { errorType, payload: Buffer.from(JSON.stringify(body)) };
}

function written(stream, mark) {
  return new Promise((resolve) => write[stream](`\n${mark}\n`, resolve));
}

function logger() {
  const line = (...values) => console.log(...values);
  return { debug: line, info: line, warn: line, error: line, log: line };
}
