import { readdirSync, readFileSync } from 'node:fs';
import { buildSchema, findBreakingChanges, parse, print, visit } from 'graphql';
import { expect, it } from 'vitest';
import { scrip } from '../process/program.js';

it('scrip schema print prints the files of schema/ as one schema, directives included, without a database', async () => {
  const env = { DATABASE_URL: 'postgres://scrip:hunter2@127.0.0.1:1/scrip' };
  const { status, stdout, stderr } = await scrip(['schema', 'print'], { env });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const written = readSchema();
  const [printed, original] = [buildSchema(stdout), buildSchema(written)];
  expect([...findBreakingChanges(printed, original), ...findBreakingChanges(original, printed)]).toEqual([]);
  expect(definitionsIn(stdout)).toEqual(definitionsIn(written));
});

function readSchema(): string {
  const folder = new URL('../../schema/', import.meta.url);
  return readdirSync(folder)
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
}

/** Every type, and every field with its arguments and directives, without the descriptions, as sorted lines. */
function definitionsIn(schema: string): string[] {
  const { definitions } = visit(parse(schema), {
    enter: (node) => ('description' in node ? { ...node, description: undefined } : undefined),
  });
  const lines = new Set<string>();
  for (const definition of definitions) {
    if (!('name' in definition) || definition.name === undefined) continue;
    const { value } = definition.name;
    const directives = ('directives' in definition ? definition.directives : undefined) ?? [];
    for (const directive of directives) lines.add(`${value} ${print(directive)}`);
    const fields = ('fields' in definition ? definition.fields : undefined) ?? [];
    for (const field of fields) lines.add(`${value}.${print(field)}`);
  }
  return [...lines].sort();
}
