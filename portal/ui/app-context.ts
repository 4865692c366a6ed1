import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Action, State } from '../core/flow.ts';
import type { Language } from '../text/languages.ts';
import type { Text } from '../text/text.ts';
import type { Commands } from './commands.ts';

export type App = {
  readonly state: State;
  readonly dispatch: (action: Action) => void;
  readonly commands: Commands;
  readonly text: Text;
  readonly language: Language;
  readonly speak: (language: Language) => void;
};

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (!app) throw new Error('There is no page around this');
  return app;
}
