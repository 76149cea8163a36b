/** What `/graphql?query=…&variables=…&operationName=…` puts into the editors. Variables are JSON text. */
interface DeepLink {
  query: string;
  variables: string;
  operationName: string | undefined;
}

/** Reads the deep link from the address; undefined if there is none. */
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
 * Takes the deep link out of the address, as soon as it no longer says what the editors hold. What is edited never
 * enters the address by itself: a password among the variables reaches neither the browser's history nor a log.
 */
export function dropDeepLink(): void {
  if (window.location.search) window.history.replaceState(null, '', window.location.pathname);
}

/** The address that opens this operation. Parts that are empty are left out. */
export function deepLinkTo(link: DeepLink): string {
  const parameters = Object.entries(link).filter(([, value]) => value);
  return `${window.location.origin}/graphql?${new URLSearchParams(parameters)}`;
}

function indent(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
