/** The value of every protected field of every object. */
export const SECRET = 'SECRET';

/** The type whose objects no caller without the scope may see. */
export const PROTECTED_TYPE = 'Priv';

/**
 * The schema that all contenders are given.
 *
 * @param rule the directive by which a contender protects a field or a type.
 * @param open the one by which it leaves something open, where it wants that said.
 */
export function typeDefs(rule: string, open = ''): string {
  return /* GraphQL */ `
    interface Node ${open} { id: ID!  secret: String }
    type Priv implements Node ${rule} { id: ID!  secret: String }
    type Pub implements Node ${open} { id: ID!  secret: String ${rule} }
    interface I2 ${open} { v: String ${rule} }
    type A2 implements I2 ${open} { v: String }
    union U = Priv | Pub
    type Query ${open} {
      open: String
      field: String ${rule}
      req: String! ${rule}
      node: Node
      pubNode: Node
      u: U
      i2: I2
      a2: A2
      priv: Priv
      privs: [Priv!]
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
