import Negotiator from 'negotiator';

/** The media type of a GraphQL response. */
export type MediaType = 'application/json' | 'application/graphql-response+json';

/** Where a client accepts both alike it gets the first. */
const RESPONSES = ['application/json', 'application/graphql-response+json'] as const satisfies readonly MediaType[];

const PAGE = 'text/html';

/** A parameter of a media range other than its weight. Neither media type has parameters, so they are ignored. */
const PARAMETER = /;\s*(?!q\s*=)[^\s=;,"]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^;,]*)/gi;

/**
 * Chooses the media type of a response by the header `Accept` (RFC 9110, section 12.5.1). A header that is missing, empty
 * or `*` accepts everything. Undefined: the client accepts neither.
 */
export function negotiateResponse(accept: string | undefined): MediaType | undefined {
  const [preferred] = preferences(accept, RESPONSES);
  return RESPONSES.find((type) => type === preferred);
}

/** Whether a client prefers a page to a GraphQL response, as browsers do. */
export function prefersPage(accept: string | undefined): boolean {
  return preferences(accept, [...RESPONSES, PAGE])[0] === PAGE;
}

function preferences(accept: string | undefined, offered: readonly string[]): string[] {
  const ranges = (accept ?? '')
    .trim()
    .replace(PARAMETER, '')
    .replace(/(^|,)\s*\*\s*(?=[,;]|$)/g, '$1*/*');
  return new Negotiator({ headers: { accept: ranges === '' ? '*/*' : ranges } }).mediaTypes([...offered]);
}
