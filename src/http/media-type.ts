/** A form of a GraphQL response, the one that a client without a wish gets first. */
export type MediaType = 'application/json' | 'application/graphql-response+json';

/** What a client takes. */
interface Accepted {
  /** The form of a GraphQL response that it prefers; undefined: it takes neither. */
  readonly response: MediaType | undefined;
  /** Whether a page is what it would rather have, as browsers do. */
  readonly prefersPage: boolean;
}

/** What clients have asked for lately: they are of few kinds, and each asks for the same with every request. */
const known = new Map<string, Accepted>();
const MOST_KNOWN = 200;

/** Reads an `Accept` header after RFC 9110, section 12.5.1. Without one a client takes JSON. */
export function negotiate(accept = '*/*'): Accepted {
  const remembered = known.get(accept);
  if (remembered !== undefined) return remembered;
  if (known.size >= MOST_KNOWN) known.clear();
  const ranges = accept.split(',').map(parseRange);
  const accepted: Accepted = {
    response: prefer<MediaType>(ranges, ['application/json', 'application/graphql-response+json']),
    prefersPage: prefer(ranges, ['application/json', 'application/graphql-response+json', 'text/html']) === 'text/html',
  };
  known.set(accept, accepted);
  return accepted;
}

interface Range {
  readonly type: string;
  /** 0 to 1; 0: anything but this. */
  readonly weight: number;
  readonly position: number;
}

/** The most specific range decides about a type. Of equal weights the first in the header wins, then the first offered. */
function prefer<Type extends string>(ranges: readonly Range[], offered: readonly Type[]): Type | undefined {
  const rated = offered.flatMap((type) => {
    const names = [type, type.replace(/\/.*/, '/*'), '*/*'];
    const range = names.map((name) => ranges.find((one) => one.type === name)).find((one) => one !== undefined);
    return range !== undefined && range.weight > 0 ? [{ type, range }] : [];
  });
  rated.sort(({ range: one }, { range: other }) => other.weight - one.weight || one.position - other.position);
  return rated[0]?.type;
}

function parseRange(text: string, position: number): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
  return { type, weight: Number(weight) || 0, position };
}
