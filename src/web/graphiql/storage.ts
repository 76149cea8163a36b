import type { GraphiQLProps } from 'graphiql';

const NAMESPACE = 'graphiql:';

/** Keys of the page's layout. The user never types their values. */
const LAYOUT_KEYS: ReadonlySet<string> = new Set(
  ['theme', 'visiblePlugin', 'docExplorerFlex', 'editorFlex', 'secondaryEditorFlex'].map((key) => NAMESPACE + key),
);

/**
 * Creates the storage of GraphiQL: `localStorage` for the layout, memory for everything else. Documents, variables,
 * headers and the history may hold passwords, secrets and tokens, so they are not stored. Keys that an earlier version
 * stored in `localStorage` are removed.
 */
export function createStorage(): NonNullable<GraphiQLProps['storage']> {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(NAMESPACE) && !LAYOUT_KEYS.has(key)) localStorage.removeItem(key);
  }
  const memory = new Map<string, string>();
  return {
    getItem: (key) => (LAYOUT_KEYS.has(key) ? localStorage.getItem(key) : (memory.get(key) ?? null)),
    setItem: (key, value) => {
      if (LAYOUT_KEYS.has(key)) localStorage.setItem(key, value);
      else memory.set(key, value);
    },
    removeItem: (key) => {
      if (LAYOUT_KEYS.has(key)) localStorage.removeItem(key);
      else memory.delete(key);
    },
    clear: () => {
      for (const key of LAYOUT_KEYS) localStorage.removeItem(key);
      memory.clear();
    },
    get length() {
      return memory.size + [...LAYOUT_KEYS].filter((key) => localStorage.getItem(key) !== null).length;
    },
  };
}
