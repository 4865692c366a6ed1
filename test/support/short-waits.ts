import { waits } from '../../shared/retry/backoff.ts';

// Before each file of tests: what is tested does not wait between its tries. One that is about the waits sets it to 1.
waits.factor = 0.02;
