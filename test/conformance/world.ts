/** The value of every protected field of every object. */
export const SECRET = 'SECRET';

/** The type whose objects no caller without the scope may see. */
export const PROTECTED_TYPE = 'Priv';

/** The directives by which a contender states the rules of the schema; none, where it states them elsewhere. */
export interface Directives {
  /** The scope `admin` is needed. */
  readonly admin?: string;
  /** One of `editor` and `auditor` is needed. */
  readonly editorOrAuditor?: string;
  /** One of `auditor` and `admin` is needed. */
  readonly auditorOrAdmin?: string;
  /** One of `editor` and `auditor` is needed where `note` is supplied: on the input field, or on the field that takes it. */
  readonly supplied?: { readonly inputField: string } | { readonly field: string };
  /** `admin` is needed, and one of `editor` and `auditor`, except by the user that the argument names. */
  readonly owner?: string;
  /** Nothing is needed, where a contender wants that said. */
  readonly open?: string;
}

/** The schema that all contenders are given. */
export function typeDefs(directives: Directives): string {
  const { admin = '', editorOrAuditor = '', auditorOrAdmin = '', owner = '', open = '', supplied } = directives;
  const { inputField, field } = { inputField: '', field: open, ...supplied };
  return /* GraphQL */ `
    interface Node ${open} { id: ID!  secret: String }
    type Priv implements Node ${admin} { id: ID!  secret: String }
    type Pub implements Node ${open} { id: ID!  secret: String ${admin} }
    interface I2 ${open} { v: String ${admin} }
    type A2 implements I2 ${open} { v: String }
    union U = Priv | Pub
    interface Titled ${open} { title: String }
    type Report implements Titled ${open} { title: String ${editorOrAuditor} }
    type Ledger ${editorOrAuditor} { total: String ${auditorOrAdmin} }
    input By { note: String ${inputField} }
    type Query ${open} {
      open: String
      field: String ${admin}
      req: String! ${admin}
      node: Node
      pubNode: Node
      u: U
      i2: I2
      a2: A2
      priv: Priv
      privs: [Priv!]
      choice: String ${editorOrAuditor}
      titled: Titled
      search(by: By!): String ${field}
      own(user: ID!): String ${owner}
      ledger: Ledger
    }
    type Mutation ${open} { makePriv: Priv }
  `;
}

const PRIV = { __typename: PROTECTED_TYPE, id: SECRET, secret: SECRET };

/** The resolvers that all contenders are given, and a record of the mutations that ran. */
export function createWorld() {
  const ran: string[] = [];
  const resolvers = {
    Query: {
      open: () => 'open',
      field: () => SECRET,
      req: () => SECRET,
      node: () => PRIV,
      pubNode: () => ({ __typename: 'Pub', id: 'p1', secret: SECRET }),
      u: () => PRIV,
      i2: () => ({ __typename: 'A2', v: SECRET }),
      a2: () => ({ __typename: 'A2', v: SECRET }),
      priv: () => PRIV,
      privs: () => [PRIV, PRIV],
      choice: () => SECRET,
      titled: () => ({ __typename: 'Report', title: SECRET }),
      search: () => SECRET,
      own: () => SECRET,
      ledger: () => ({ total: SECRET }),
    },
    Mutation: {
      makePriv: () => {
        ran.push('makePriv');
        return PRIV;
      },
    },
  };
  return { resolvers, ran };
}

export type World = ReturnType<typeof createWorld>;
