import { waits } from '../../shared/retry/backoff.ts';

// Imported for this alone: what is tested does not wait between its tries.
waits.factor = 0.02;
