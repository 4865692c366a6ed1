#!/usr/bin/env node
import { environment } from '../shared/config/config.ts';
import { run } from './program.ts';

run(process.argv, environment()).then((code) => {
  process.exitCode = code;
});
