import type { OperationCall } from '../operation.ts';

/** Recorded answers of the real service have these three fields; `Status` is about selling, and not always there. */
export function describeRegions({ regionIds }: Pick<OperationCall, 'regionIds'>): Record<string, unknown> {
  return {
    Regions: {
      Region: regionIds.map((regionId) => ({
        RegionId: regionId,
        RegionEndpoint: `ecs.${regionId}.aliyuncs.com`,
        LocalName: regionId,
      })),
    },
  };
}
