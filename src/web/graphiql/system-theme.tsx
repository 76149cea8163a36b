import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { useEffect } from 'react';

/** Applies changes of the system's colour scheme, which GraphiQL reads only once. Renders nothing. */
export function SystemTheme() {
  const { setTheme } = useGraphiQLActions();
  const isChosen = useGraphiQL((state) => state.theme !== null);
  useEffect(() => {
    if (isChosen) return;
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const follow = () => setTheme(null);
    system.addEventListener('change', follow);
    return () => system.removeEventListener('change', follow);
  }, [isChosen, setTheme]);
  return null;
}
