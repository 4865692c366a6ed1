import { readFlags, runCommand } from './arguments.ts';
import { LOCAL_CLOUD_FLAGS, LOCAL_CLOUD_SWITCHES } from './flags.ts';
import { serveLocalCloud } from './serve.ts';

runCommand(() => serveLocalCloud(readFlags(LOCAL_CLOUD_FLAGS, LOCAL_CLOUD_SWITCHES), 'dist'));
