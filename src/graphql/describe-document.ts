import { type GraphQLSchema, Kind } from 'graphql';
import { LRUCache } from 'lru-cache';
import { SCOPES, scopeName } from '../auth/scope.js';
import type { Config } from '../config.js';
import type { RequiredScopes } from '../policy/policy.js';
import { canonicalHashes } from './canonical-operations.js';
import { excessOfText } from './document-text.js';
import { createLimits } from './limits.js';
import { parseDocument } from './parse-document.js';

/** What is known of a text that a token may be issued for. */
export type DescribedDocument =
  | {
      readonly kind: 'OPERATION';
      /** Of its canonical text. */
      readonly hash: string;
      /** What it requires, by the names of the enum. */
      readonly required: Pick<RequiredScopes, 'scopes' | 'anyScopes'>;
    }
  /** Says in sentences what is wrong with it, and what to do. */
  | { readonly kind: 'UNUSABLE'; readonly fault: string };

/** Describes a text: one operation with its fragments, valid, within the limits and without a field that needs a session. */
export type DescribeDocument = (text: string) => DescribedDocument;

/** Characters of the texts that are kept with what is known of them: a request has its texts described several times. */
const MAX_KNOWN_CHARACTERS = 1_000_000;

interface DescribeOptions {
  readonly schema: GraphQLSchema;
  readonly requiredScopes: (document: Parameters<typeof canonicalHashes>[0]) => RequiredScopes | undefined;
  readonly limits: Config['limits'];
}

export function createDescribeDocument({ schema, requiredScopes, limits }: DescribeOptions): DescribeDocument {
  const known = new LRUCache<string, DescribedDocument>({
    maxSize: MAX_KNOWN_CHARACTERS,
    sizeCalculation: (_described, text) => text.length + 1,
  });
  const excessOf = createLimits(schema, limits);

  function describe(text: string): DescribedDocument {
    const excess = excessOfText(text, limits);
    if (excess !== undefined) return unusable(excess);
    const parsed = parseDocument(text, schema, limits.documentTokens);
    if (parsed.kind !== 'VALID') return unusable(parsed.fault);
    const { document } = parsed;
    const [operation, ...others] = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
    if (operation === undefined) return unusable('The text holds no operation. Give one, with its fragments.');
    if (others.length > 0) {
      return unusable('The text holds more than one operation. Give each, with its fragments, as a text of its own.');
    }
    const size = excessOf({ document, operation, variables: {} });
    if (size !== undefined) return unusable(size);
    const required = requiredScopes(document);
    const [hash] = canonicalHashes(document);
    if (required === undefined || hash === undefined) throw new Error('A valid operation has no requirement.');
    const ofSession = required.fields.find(({ kind }) => kind === 'USER');
    if (ofSession !== undefined) {
      return unusable(`${ofSession.coordinate} needs the session of a user, which no token is. Leave it out.`);
    }
    return { kind: 'OPERATION', hash, required: { scopes: required.scopes, anyScopes: required.anyScopes } };
  }

  return (text) => {
    const described = known.get(text) ?? describe(text);
    known.set(text, described);
    return described;
  };
}

function unusable(fault: string): DescribedDocument {
  return { kind: 'UNUSABLE', fault };
}

/** What several operations require. */
type Required = Pick<RequiredScopes, 'scopes' | 'anyScopes'>;

/**
 * Scopes that suffice for all of them, by their names in the enum's order: of scopes of which one is enough the first that is
 * held, or else the first, unless another one is among them.
 */
export function sufficientScopes(all: readonly Required[], holds: (scope: string) => boolean): string[] {
  const needed = new Set(all.flatMap(({ scopes }) => scopes));
  for (const some of all.flatMap(({ anyScopes }) => anyScopes)) {
    const chosen = some.find((scope) => needed.has(scope)) ?? some.find(holds) ?? some[0];
    if (chosen !== undefined) needed.add(chosen);
  }
  return SCOPES.map(scopeName).filter((scope) => needed.has(scope));
}
