'use strict';
// One process, many requests: each message is one, the answer what it took. argv: bundle.
const { handler } = require(process.argv[2]);

process.on('message', async ({ event, context }) => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  const { statusCode, body } = await handler(Buffer.from(event), context);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const { TotalCount, FailCount = '0' } = JSON.parse(body);
  const maxRss = process.resourceUsage().maxRSS * 1024;
  process.send({ statusCode, total: Number(TotalCount), failed: Number(FailCount), ms, cpuUs: user + system, maxRss });
});
process.on('disconnect', () => process.exit());
