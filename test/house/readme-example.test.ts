import { readFileSync } from 'node:fs';
import { concatAST, type DocumentNode, parse, print, visit } from 'graphql';
import { describe, expect } from 'vitest';
import { readSchemaFiles } from '../../src/graphql/read-schema-files.js';
import { IssueTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';

const readme = readFileSync('README.md', 'utf8');

/** The one block of code in a language. */
function block(language: string): string {
  const [, code] = new RegExp(`^\`\`\`${language}\\n(.+?)^\`\`\`$`, 'ms').exec(readme) ?? [];
  return code ?? '';
}

const withoutDescription = <Node extends { readonly description?: unknown }>({ description, ...node }: Node) => node;

/** The fields of a document's types, as text without descriptions. */
function fieldsOf(document: DocumentNode): string[] {
  const fields: string[] = [];
  visit(document, {
    FieldDefinition: (field) => {
      const args = (field.arguments ?? []).map(withoutDescription);
      fields.push(print({ ...withoutDescription(field), arguments: args }));
      return false;
    },
  });
  return fields;
}

describe('The authorization example of the README', () => {
  it('quotes fields as the schema has them', () => {
    const schema = concatAST(readSchemaFiles());
    const quoted = fieldsOf(parse(block('graphql')));
    expect(quoted.length).toBeGreaterThan(1);
    expect(fieldsOf(schema)).toEqual(expect.arrayContaining(quoted));
  });

  it('shows the denial that the server sends', async ({ server }) => {
    const { data } = await server.send(await server.everything(), IssueTokenDocument, {
      input: { name: 'reader', scopes: ['USERS_READ'] },
    });
    const spend = 'mutation { spendPoints(input: { user: { username: "bob" }, points: 1 }) { points } }';
    const { status, errors } = await server.send(data.issueToken.secret, spend);
    expect({ status, errors }).toEqual({ status: 403, errors: [JSON.parse(block('json'))] });
  });
});
