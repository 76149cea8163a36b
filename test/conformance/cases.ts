import type { Caller } from './contender.js';

/** A request, and the expected outcome. */
export interface Case {
  /** The row of the table. */
  readonly subject: string;
  readonly source: string;
  /** Who sends it; absent: an application without any scope. */
  readonly caller?: Caller;
  /** Each suffices by itself to be shown what is denied here; absent: the scope `admin`. */
  readonly sufficientScopes?: readonly (readonly string[])[];
  /** DENIED: nothing protected is shown and no mutation has run, and there is an error. ALLOWED: there is no error. */
  readonly expected: 'DENIED' | 'ALLOWED';
  /** The largest number of errors; unlimited, where each of several fields may have its own. */
  readonly maxErrors?: number;
}

const denied = (subject: string, source: string): Case => ({ subject, source, expected: 'DENIED' });
const deniedChoice = (subject: string, source: string): Case => ({
  ...denied(subject, source),
  sufficientScopes: [['editor'], ['auditor']],
});
const allowed = (subject: string, source: string): Case => ({ subject, source, expected: 'ALLOWED' });

/** The cases, each against the schema of `world.ts`. */
export const CASES: readonly Case[] = [
  denied('A protected field', '{ field }'),
  denied('The same under an alias', '{ x: field }'),
  denied('A type’s protected field, through its interface', '{ pubNode { secret } }'),
  denied('A protected type, through its interface', '{ node { id secret } }'),
  denied('The same, by a fragment on the interface', '{ node { ... on Node { id secret } } }'),
  denied('A protected type in a union, by an inline fragment', '{ u { ... on Priv { id } } }'),
  denied('The same, by a named fragment', '{ u { ...F } } fragment F on Priv { id }'),
  denied('The same, by a fragment on its interface', '{ u { ... on Node { id secret } } }'),
  denied('An interface’s protected field, through the interface', '{ i2 { v } }'),
  denied('The same, through a type that implements it', '{ a2 { v } }'),
  denied('A list of a protected type', '{ privs { id } }'),
  denied('A protected `String!` beside an open field', '{ open req }'),
  denied('A protected field beside `__schema`', '{ __schema { queryType { name } } field }'),
  {
    ...denied(
      'A field in two fragments: one error',
      '{ ...A ...B } fragment A on Query { field } fragment B on Query { field }',
    ),
    maxErrors: 1,
  },
  denied('Nothing but `__typename` of a protected type', '{ priv { __typename } }'),
  denied('A mutation that returns a protected type: not run', 'mutation { makePriv { __typename } }'),
  allowed('A field left out by `@skip`: allowed', 'query ($s: Boolean = true) { open field @skip(if: $s) }'),
  allowed(
    'A fragment left out by `@include`: allowed',
    'query ($s: Boolean = false) { open ... @include(if: $s) { field } }',
  ),
  {
    ...deniedChoice('A field that needs one of two scopes, with a third one', '{ choice }'),
    caller: { scopes: ['admin'] },
  },
  deniedChoice('The same on a type’s field, through its interface', '{ titled { title } }'),
  deniedChoice('The same on an input field that is supplied', '{ search(by: { note: "a" }) }'),
  {
    ...denied('A scope and one of two, or the owner: another user with the scope alone', '{ own(user: "bob") }'),
    caller: { scopes: ['admin'], userId: 'ada' },
    sufficientScopes: [
      ['admin', 'editor'],
      ['admin', 'auditor'],
    ],
  },
  {
    ...allowed('The same, by the owner: allowed', '{ open own(user: "ada") }'),
    caller: { scopes: [], userId: 'ada' },
  },
  {
    ...denied('One of two scopes on a type and on its field: with one that the type accepts', '{ ledger { total } }'),
    caller: { scopes: ['editor'] },
    sufficientScopes: [['auditor'], ['admin', 'editor']],
  },
];
