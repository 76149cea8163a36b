import { useSearchParams } from 'wouter';

/** The parameters in the address of the page; one that is set to null goes. The browser's history keeps the last state. */
export function useParameters() {
  const [parameters, setParameters] = useSearchParams();
  const set = (name: string, value: string | null) =>
    setParameters(
      (known) => {
        const changed = new URLSearchParams(known);
        if (value === null) changed.delete(name);
        else changed.set(name, value);
        return changed;
      },
      { replace: true },
    );
  return { get: (name: string) => parameters.get(name), set };
}
