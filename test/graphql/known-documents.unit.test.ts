import { type DocumentNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { KnownDocuments } from '../../src/graphql/known-documents.js';

const TWO = 'query First { viewer { kind } } query Second { __typename }';

/** A document of so many tokens, unlike all others. */
const textOf = (name: string, tokens: number) => `{ ${`${name} `.repeat(tokens - 2)}}`;

function keep(known: KnownDocuments, text: string): DocumentNode {
  const document = parse(text);
  known.keep(text, document);
  return document;
}

describe('A known document', () => {
  it('is found by its text and the name of an operation', () => {
    const known = new KnownDocuments();
    const document = keep(known, TWO);
    expect(known.find(TWO, 'Second')).toEqual({
      document,
      operation: document.definitions[1],
      operationName: 'Second',
    });
    expect(known.find(TWO, 'First')?.operation).toBe(document.definitions[0]);
    expect(known.find(TWO, 'First')).toBe(known.find(TWO, 'First'));
  });

  it('is not found by a name that it does not have, nor without one where it has two operations', () => {
    const known = new KnownDocuments();
    keep(known, TWO);
    expect(known.find(TWO, 'Third')).toBeUndefined();
    expect(known.find(TWO, undefined)).toBeUndefined();
    expect(known.find(TWO.toLowerCase(), 'First')).toBeUndefined();
  });

  it('needs no name where it has one operation', () => {
    const known = new KnownDocuments();
    keep(known, 'query Only { __typename }');
    expect(known.find('query Only { __typename }', undefined)?.operationName).toBe('Only');
    keep(known, '{ __typename }');
    expect(known.find('{ __typename }', undefined)?.operationName).toBeNull();
  });

  it('is dropped once it and newer ones have more than 50,000 tokens together', () => {
    const known = new KnownDocuments();
    const texts = ['a', 'b', 'c', 'd'].map((name) => textOf(name, 15_000));
    for (const text of texts) keep(known, text);
    expect(texts.map((text) => known.find(text, undefined) !== undefined)).toEqual([false, true, true, true]);
    keep(known, texts[1] ?? '');
    keep(known, textOf('e', 20_000));
    expect(texts.map((text) => known.find(text, undefined) !== undefined)).toEqual([false, false, true, true]);
  });
});
