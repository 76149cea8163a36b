import { type ASTNode, Kind, parse, print, type ValueNode, visit } from 'graphql';

interface Operation {
  /** A GraphQL document. */
  query: string;
  /** JSON text; empty: no variables. */
  variables: string;
}

/** Names of arguments, input fields and variables that carry a credential. */
const CREDENTIAL_NAME = /password|secret|(access|refresh|bearer)_?token/i;

/** Scrip's own app and refresh tokens, and JWTs (RFC 7519, section 3). */
const CREDENTIAL = /scrip_(app|rt)_\w|\beyJ[\w-]*\.[\w-]+\.[\w-]*/;

/**
 * Replaces each credential in an operation by an empty string. Comments are dropped: they may quote one.
 *
 * @returns undefined if the document or the variables do not parse, so that their credentials cannot be found.
 */
export function redact({ query, variables }: Operation): Operation | undefined {
  try {
    const document = parse(query, { noLocation: true });
    const names = new Set<string>();
    const redacted = visit(document, {
      Argument: (node) => redactNamed(node, names),
      ObjectField: (node) => redactNamed(node, names),
      VariableDefinition: (node) =>
        node.defaultValue && CREDENTIAL_NAME.test(node.variable.name.value)
          ? { ...node, defaultValue: { kind: Kind.STRING, value: '' } as const }
          : undefined,
      StringValue: ({ value }) => (CREDENTIAL.test(value) ? { kind: Kind.STRING, value: '' } : undefined),
    });
    return { query: print(redacted), variables: redactJson(variables, names) };
  } catch {
    return undefined;
  }
}

/** Empties a value under the name of a credential; of a variable, its name goes to `names`. */
function redactNamed<Node extends ASTNode & { name: { value: string }; value: ValueNode }>(
  node: Node,
  names: Set<string>,
): Node | undefined {
  if (!CREDENTIAL_NAME.test(node.name.value)) return undefined;
  if (node.value.kind === Kind.VARIABLE) {
    names.add(node.value.name.value);
    return undefined;
  }
  return { ...node, value: { kind: Kind.STRING, value: '' } };
}

function redactJson(json: string, names: ReadonlySet<string>): string {
  if (json.trim() === '') return '';
  const redacted = JSON.parse(json, (key, value: unknown) => {
    if (names.has(key) || CREDENTIAL_NAME.test(key)) return '';
    return typeof value === 'string' && CREDENTIAL.test(value) ? '' : value;
  });
  return JSON.stringify(redacted, null, 2);
}
