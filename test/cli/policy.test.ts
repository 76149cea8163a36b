import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory, scrip } from '../process/program.js';

describe('scrip policy matrix', () => {
  it('prints what each coordinate requires, as a Markdown table', async () => {
    const { status, stdout, stderr } = await scrip(['policy', 'matrix'], { env: {} });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.every((line) => line.startsWith('|') && line.endsWith('|'))).toBe(true);
    const cellsOf = (text: string) =>
      lines
        .find((line) => line.includes(text))
        ?.split('|')
        .map((cell) => cell.trim()) ?? [];
    const [header, row] = [cellsOf('`points:add`'), cellsOf('`Mutation.addPoints`')];
    expect(header.filter((_, column) => row[column] === '●')).toEqual(['`points:add`']);
  });
});

describe('scrip policy diff', () => {
  it('ends with 0 where the policies are the same', async () => {
    expect(await diff((schema) => schema)).toEqual({ status: 0, stdout: '', stderr: '' });
  });

  it('ends with 1 and names what became looser', async () => {
    const { status, stdout, stderr } = await diff((schema) =>
      schema.replace(/(addPoints\([^)]*\): PointsPayload) @auth\(scope: \[POINTS_ADD\]\)/, '$1 @auth'),
    );
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
    expect(stdout).toMatch(/^looser +Mutation\.addPoints: .*points:add.* -> .*\n$/);
  });

  it('ends with 0 and names what became tighter', async () => {
    const { status, stdout, stderr } = await diff((schema) =>
      schema.replace(
        'PointsPayload @auth(scope: [POINTS_ADD])',
        'PointsPayload @auth(scope: [POINTS_ADD, AUDIT_READ])',
      ),
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^tighter +Mutation\.addPoints: .* -> .*audit:read.*\n$/);
  });

  it.each([
    ['is no schema', () => 'type Query {'],
    ['is empty but for a comment', () => '# type Query'],
    ['has a field without a rule', (schema: string) => `${schema}\nextend type Query { hole: Int }`],
  ])('ends with 1 and one line where a file %s', async (_, change) => {
    const { status, stdout, stderr } = await diff(change);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*new\.graphql.*\n$/);
  });

  it('ends with 2 for a file that is not there', async () => {
    const { status, stdout, stderr } = await scrip(['policy', 'diff', 'old.graphql', 'new.graphql'], { env: {} });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .*'old\.graphql'.*\n$/);
  });
});

/** Compares this version's schema with a changed one. */
async function diff(change: (schema: string) => string) {
  const directory = await makeDirectory();
  const { stdout: schema } = await scrip(['schema', 'print'], { env: {} });
  await writeFile(join(directory, 'old.graphql'), schema);
  await writeFile(join(directory, 'new.graphql'), change(schema));
  return await scrip(['policy', 'diff', 'old.graphql', 'new.graphql'], { env: {}, directory });
}
