import { useEffect, useState } from 'react';
import { useSession } from '../session/session-context.js';

/** The time of the server, in milliseconds since 1970. Each second the component renders again while `isTicking`. */
export function useServerTime(isTicking: boolean): number {
  const { server } = useSession();
  const [now, setNow] = useState(() => server.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    const timer = setInterval(() => setNow(server.now()), 1_000);
    return () => clearInterval(timer);
  }, [server, isTicking]);
  return now;
}
