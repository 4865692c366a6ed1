type Place = {
  RegionId: string;
  RoleArn?: string;
  KeyPairNames: string[];
  TotalCount: string;
  FailCount: string;
  Code: string;
  Message: string;
};

/** The places of an answer. */
export function placesOf(body: Record<string, unknown>): Place[] {
  return JSON.parse(JSON.stringify(body['Places']));
}

/** What the answer says of each place that has anything, or was not searched whole. */
export function told(body: Record<string, unknown>): string[][] {
  return placesOf(body)
    .filter(({ KeyPairNames, Code }) => KeyPairNames.length > 0 || Code !== '200')
    .map(({ RegionId, KeyPairNames, TotalCount, FailCount, Code }) => [
      RegionId,
      KeyPairNames.join(' '),
      TotalCount,
      FailCount,
      Code,
    ]);
}
