import type { Assistant } from './assistant/assistant.ts';
import type { Downtime } from './downtime.ts';
import type { ItemsFault } from './items.ts';
import type { Parameters } from './parameters.ts';
import type { Permissions } from './permissions.ts';
import type { Region } from './region.ts';
import type { Switches } from './switches.ts';

export interface OperationCall {
  readonly parameters: Parameters;
  readonly region: Region;
  /** Every region that the account may see. */
  readonly regionIds: readonly string[];
  readonly now: number;
  readonly switches: Readonly<Switches>;
  readonly permissions: Permissions;
  readonly downtime: Downtime;
  readonly assistant: Assistant;
  readonly items: ItemsFault | undefined;
}

/** Does the work and returns the answer's fields, without RequestId; throws an ApiError to refuse. */
export type Operation = (call: OperationCall) => Record<string, unknown>;
