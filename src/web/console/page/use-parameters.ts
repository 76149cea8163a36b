import { useSearchParams } from 'wouter';

/** The query parameters of the page's URL. Null removes one. Changes replace the entry in the browser's history. */
export function useParameters() {
  const [parameters, setParameters] = useSearchParams();
  const set = (name: string, value: string | null) => setAll({ [name]: value });
  const setAll = (values: Readonly<Record<string, string | null>>) =>
    setParameters(
      (known) => {
        const changed = new URLSearchParams(known);
        for (const [name, value] of Object.entries(values)) {
          if (value === null) changed.delete(name);
          else changed.set(name, value);
        }
        return changed;
      },
      { replace: true },
    );
  return { get: (name: string) => parameters.get(name), set, setAll };
}
