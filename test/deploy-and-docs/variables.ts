import { loadConfig } from '../../shared/config/config.ts';

/** The variables that the code reads, as it says itself, without those that the runtime sets. */
export function settings(): string[] {
  const names = new Set<string>();
  const recording = new Proxy<Record<string, string | undefined>>(
    {},
    {
      get(_, name) {
        names.add(String(name));
        return undefined;
      },
    },
  );
  loadConfig(recording);
  return [...names].filter((name) => !/^(FC_(SERVICE|FUNCTION)_NAME|ALIBABA_CLOUD_\w+)$/.test(name)).sort();
}

/** FC keeps this prefix for itself: https://help.aliyun.com/document_detail/2513539.html */
export function canBeDeployed(name: string): boolean {
  return !name.startsWith('FC_');
}
