/** A request by a caller without any scope, and the expected outcome. */
export interface Case {
  /** The row of the table. */
  readonly subject: string;
  readonly source: string;
  /** REFUSED: nothing protected is shown and no mutation has run, and an error says so. ALLOWED: there is no error. */
  readonly expected: 'REFUSED' | 'ALLOWED';
  /** The largest number of errors; unlimited, where each of several fields may have its own. */
  readonly maxErrors?: number;
}

const refused = (subject: string, source: string): Case => ({ subject, source, expected: 'REFUSED' });
const allowed = (subject: string, source: string): Case => ({ subject, source, expected: 'ALLOWED' });

/** The cases, each against the schema of `world.ts`. */
export const CASES: readonly Case[] = [
  refused('A protected field', '{ field }'),
  refused('The same under an alias', '{ x: field }'),
  refused('A type’s protected field, through its interface', '{ pubNode { secret } }'),
  refused('A protected type, through its interface', '{ node { id secret } }'),
  refused('The same, by a fragment on the interface', '{ node { ... on Node { id secret } } }'),
  refused('A protected type in a union, by an inline fragment', '{ u { ... on Priv { id } } }'),
  refused('The same, by a named fragment', '{ u { ...F } } fragment F on Priv { id }'),
  refused('The same, by a fragment on its interface', '{ u { ... on Node { id secret } } }'),
  refused('An interface’s protected field, through the interface', '{ i2 { v } }'),
  refused('The same, through a type that implements it', '{ a2 { v } }'),
  refused('A list of a protected type', '{ privs { id } }'),
  refused('A protected `String!` beside an open field', '{ open req }'),
  refused('A protected field beside `__schema`', '{ __schema { queryType { name } } field }'),
  {
    ...refused(
      'A field in two fragments: one error',
      '{ ...A ...B } fragment A on Query { field } fragment B on Query { field }',
    ),
    maxErrors: 1,
  },
  refused('Nothing but `__typename` of a protected type', '{ priv { __typename } }'),
  refused('A mutation that returns a protected type: not run', 'mutation { makePriv { __typename } }'),
  allowed('A field left out by `@skip`: allowed', 'query ($s: Boolean = true) { open field @skip(if: $s) }'),
  allowed(
    'A fragment left out by `@include`: allowed',
    'query ($s: Boolean = false) { open ... @include(if: $s) { field } }',
  ),
];
