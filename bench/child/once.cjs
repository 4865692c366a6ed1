'use strict';
// One process, one request: loads a bundle, calls its handler, says on descriptor 3 that the answer is there and how
// much memory is resident by then. Without a bundle it is empty Node. argv: bundle, event, context.
const { writeSync } = require('node:fs');

const [bundle, event, context] = process.argv.slice(2);

function answered({ statusCode, body }) {
  writeSync(3, JSON.stringify({ statusCode, rss: process.memoryUsage.rss() }));
  if (statusCode !== 200) console.error(body);
  process.exit();
}

if (bundle) require(bundle).handler(Buffer.from(event), JSON.parse(context)).then(answered);
else answered({ statusCode: 200 });
