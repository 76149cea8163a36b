import {
  type ArgumentNode,
  type DocumentNode,
  Kind,
  type ObjectFieldNode,
  parse,
  print,
  type StringValueNode,
  visit,
} from 'graphql';

interface Operation {
  /** A GraphQL document. */
  query: string;
  /** JSON text; empty: no variables. */
  variables: string;
}

/** Names of arguments, input fields and variables that hold a credential. */
const CREDENTIAL_NAME = /password|secret|authorization|(access|refresh|bearer)_?token|token$/i;

/** Scrip's own app and refresh tokens, and JWTs (RFC 7519, section 3). */
const CREDENTIAL = /scrip_(app|rt)_\w|\beyJ[\w-]*\.[\w-]+\.[\w-]*/;

const EMPTY: StringValueNode = { kind: Kind.STRING, value: '' };

/**
 * Replaces each credential in an operation by an empty string. Comments are dropped: they may quote one.
 *
 * @returns undefined if the document or the variables do not parse, so that their credentials cannot be found.
 */
export function redact({ query, variables }: Operation): Operation | undefined {
  try {
    const document = parse(query, { noLocation: true });
    const names = credentialVariables(document);
    const redacted = visit(document, {
      Argument: redactNamed,
      ObjectField: redactNamed,
      VariableDefinition: (node) =>
        node.defaultValue && names.has(node.variable.name.value) ? { ...node, defaultValue: EMPTY } : undefined,
      StringValue: ({ value }) => (CREDENTIAL.test(value) ? EMPTY : undefined),
    });
    return { query: print(redacted), variables: redactJson(variables, names) };
  } catch {
    return undefined;
  }
}

/** The variables that hold a credential: by their own name, or by that of an argument or input field that uses them. */
function credentialVariables(document: DocumentNode): ReadonlySet<string> {
  const names = new Set<string>();
  const addUsed = (node: ArgumentNode | ObjectFieldNode) => {
    if (!CREDENTIAL_NAME.test(node.name.value)) return;
    visit(node.value, { Variable: ({ name }) => void names.add(name.value) });
  };
  visit(document, {
    Argument: addUsed,
    ObjectField: addUsed,
    VariableDefinition: ({ variable: { name } }) => {
      if (CREDENTIAL_NAME.test(name.value)) names.add(name.value);
    },
  });
  return names;
}

/** Empties the value of a credential. A variable is kept: its default and its value are emptied instead. */
function redactNamed<Node extends ArgumentNode | ObjectFieldNode>(node: Node): Node | undefined {
  if (!CREDENTIAL_NAME.test(node.name.value) || node.value.kind === Kind.VARIABLE) return undefined;
  return { ...node, value: EMPTY };
}

function redactJson(json: string, names: ReadonlySet<string>): string {
  if (json.trim() === '') return '';
  const redacted = JSON.parse(json, (key, value: unknown) => {
    if (names.has(key) || CREDENTIAL_NAME.test(key)) return '';
    return typeof value === 'string' && CREDENTIAL.test(value) ? '' : value;
  });
  return JSON.stringify(redacted, null, 2);
}
