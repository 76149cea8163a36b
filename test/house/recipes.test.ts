import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { it as base, expect } from 'vitest';

/** What the commands of a recipe read and write. */
const COPIED = [
  '.dependency-cruiser.mjs',
  '.env.example',
  'codegen.ts',
  'docs',
  'drizzle',
  'drizzle.config.ts',
  'package.json',
  'schema',
  'src',
  'test/client',
  'test/operations',
  'tools',
  'tsconfig.json',
];

/** A copy of the project, with the installed packages. */
class Project {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  read(file: string): string {
    return readFileSync(join(this.#folder, file), 'utf8');
  }

  /** The names of the files in a folder. */
  list(folder: string): string[] {
    return readdirSync(join(this.#folder, folder));
  }

  /** Writes a text before another one, which occurs once. */
  insert(text: string, { file, before }: { file: string; before: string }): void {
    const parts = this.read(file).split(before);
    expect(parts).toHaveLength(2);
    writeFileSync(join(this.#folder, file), parts.join(text + before));
  }

  /** Runs an npm script, such as `codegen`. */
  run(script: string, ...args: string[]) {
    const options = { cwd: this.#folder, encoding: 'utf8' } as const;
    const { status, stderr } = spawnSync('npm', ['run', '--silent', script, '--', ...args], options);
    return { status, stderr };
  }
}

const it = base.extend(
  'project',
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const folder = await mkdtemp(join(tmpdir(), 'scrip-recipe-'));
    onCleanup(() => rm(folder, { recursive: true }));
    for (const name of COPIED) await cp(name, join(folder, name), { recursive: true });
    symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
    return new Project(folder);
  },
);

/** The text of a recipe in CONTRIBUTING.md. */
function recipe(title: string): string {
  const [, text = ''] = readFileSync('CONTRIBUTING.md', 'utf8').split(`\n### ${title}\n`);
  return text.split('\n### ')[0] ?? '';
}

const CLEAN = { status: 0, stderr: '' };

it('The recipe for a scope leads to a migration and to generated files that name it', { timeout: 60_000 }, ({
  project,
}) => {
  const steps = recipe('Add a scope');
  for (const named of [
    'schema/auth.graphql',
    'src/auth/scope.ts',
    'npm run migration -- scope_name',
    'npm run codegen',
  ])
    expect(steps).toContain(`\`${named}\``);

  project.insert('  "Read webhooks."\n  WEBHOOKS_READ\n', {
    file: 'schema/auth.graphql',
    before: '}\n\n"The two kinds of credential."',
  });
  project.insert("  'webhooks:read',\n", { file: 'src/auth/scope.ts', before: '] as const;' });

  expect(project.run('migration', 'scope_name')).toEqual(CLEAN);
  const migration = project.list('drizzle/migrations').find((name) => name.endsWith('_scope_name.sql'));
  expect(project.read(`drizzle/migrations/${migration}`)).toMatch(
    /ADD CONSTRAINT "tokens_have_known_scopes" CHECK .*'webhooks:read'.*;$/m,
  );

  expect(project.run('codegen')).toEqual(CLEAN);
  expect(project.read('src/graphql/generated.ts')).toContain("WEBHOOKS_READ: 'webhooks:read'");
  expect(project.read('docs/reference/command-line.md')).toContain('webhooks:read');
});
