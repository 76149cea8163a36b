import { createContext, useContext } from 'react';
import type { Session } from './session.js';

export const SessionContext = createContext<Session | undefined>(undefined);

/** The session of the console. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('The console has no session.');
  return session;
}
