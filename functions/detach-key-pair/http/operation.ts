import { RequestError, shown } from '../request/request-error.ts';

type Operation = {
  headers: Readonly<Record<string, string>>;
  query?: Readonly<Record<string, string>>;
  parameters?: URLSearchParams;
};

/** A client that asks for another operation, or another version of this one, must not get a detach. */
export function checkOperation({ headers, query = {}, parameters = new URLSearchParams() }: Operation): void {
  // In the headers FC's own clients name what they call FC for.
  const actions = [without('InvokeFunction', headers['x-acs-action']), query['Action'], ...parameters.getAll('Action')];
  const action = actions.find((name) => name !== undefined && name !== 'DetachKeyPair');
  if (action !== undefined) {
    throw new RequestError(
      404,
      'InvalidAction.NotFound',
      `Specified api is not found: ${shown(action)}. This is DetachKeyPair.`,
    );
  }
  const versions = [without('2023-03-30', headers['x-acs-version']), query['Version'], ...parameters.getAll('Version')];
  const version = versions.find((name) => name !== undefined && name !== '2014-05-26');
  if (version !== undefined) {
    throw new RequestError(
      400,
      'InvalidVersion',
      `Specified parameter Version is not valid: ${shown(version)}, not 2014-05-26.`,
    );
  }
}

function without(mark: string, value: string | undefined): string | undefined {
  return value === mark ? undefined : value;
}
