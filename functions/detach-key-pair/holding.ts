import type { Ecs } from '../../shared/ecs/ecs.ts';
import type { Chosen } from './choose-instances.ts';
import type { Where } from './request/place.ts';

/** One key pair in one place, and the instances there that a request is about. */
export type Holding = {
  readonly where: Where;
  readonly ecs: Ecs;
  readonly chosen: Chosen;
  /** The OpenSSH line that the key pair shows, where that was read. */
  readonly shownKey?: string | undefined;
};
