import type { OperationCall } from '../operation.ts';
import { pageNumbers, slicePage } from './paging.ts';

// At most 50 a page, the operation's page.
const MAX_PAGE_SIZE = 50;

export function describeKeyPairs({ parameters, region }: OperationCall): Record<string, unknown> {
  const page = pageNumbers(parameters, MAX_PAGE_SIZE);
  const pattern = wildcard(parameters.optional('KeyPairName') ?? '*');
  const all = region.keyPairs.names.filter((name) => pattern.test(name));
  const isShown = parameters.flag('IncludePublicKey');
  return {
    KeyPairs: {
      KeyPair: slicePage(all, page).map((name) => ({
        KeyPairName: name,
        KeyPairFingerPrint: '',
        CreationTime: '2026-01-02T03:04:05Z',
        ResourceGroupId: '',
        Tags: { Tag: [] },
        ...(isShown && { PublicKey: region.keyPairs.publicKeyOf(name) }),
      })),
    },
    TotalCount: all.length,
    PageNumber: page.number,
    PageSize: page.size,
  };
}

export function noKeyPairs(): Record<string, unknown> {
  return { KeyPairs: { KeyPair: [] }, TotalCount: 0, PageNumber: 1, PageSize: 10 };
}

/** `*` stands for any run of characters, everything else for itself. */
function wildcard(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
