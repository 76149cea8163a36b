import { basePath } from '../shared/base-path.js';

/** The operation in `/graphql?query=…&variables=…&operationName=…`. Variables are JSON text. */
interface DeepLink {
  query: string;
  variables: string;
  operationName: string | undefined;
}

/** Reads the deep link from the URL; undefined if there is none. */
export function readDeepLink(): DeepLink | undefined {
  const parameters = new URLSearchParams(window.location.search);
  const query = parameters.get('query');
  if (!query) return undefined;
  return {
    query,
    variables: indent(parameters.get('variables') ?? ''),
    operationName: parameters.get('operationName') ?? undefined,
  };
}

/**
 * Removes the deep link from the URL when the editors change. Edits never change the URL: a password in the variables
 * reaches neither the browser's history nor a log.
 */
export function dropDeepLink(): void {
  if (window.location.search) window.history.replaceState(null, '', window.location.pathname);
}

/** The URL that opens this operation. Empty parts are left out. */
export function deepLinkTo(link: DeepLink): string {
  const parameters = Object.entries(link).filter(([, value]) => value);
  return `${window.location.origin}${basePath}/graphql?${new URLSearchParams(parameters)}`;
}

function indent(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
