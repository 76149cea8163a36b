import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

/** Every import of a file below src/, the web pages aside: they are another program, built by another compiler. */
interface Source {
  readonly file: string;
  readonly text: string;
  /** Files of ours, as paths from src/. */
  readonly own: string[];
  /** Those of them that are more than types. */
  readonly atRunTime: string[];
  readonly packages: string[];
}

const sources: Source[] = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('web/'))
  .map((file) => {
    const text = readFileSync(join('src', file), 'utf8');
    const imports = importsOf(file, text);
    return {
      file,
      text,
      own: imports.filter(({ name }) => name.startsWith('.')).map(({ name }) => resolved(file, name)),
      atRunTime: imports
        .filter(({ name, isType }) => name.startsWith('.') && !isType)
        .map(({ name }) => resolved(file, name)),
      packages: imports.map(({ name }) => name).filter((name) => !/^(\.|node:)/.test(name)),
    };
  });

function importsOf(file: string, text: string): { name: string; isType: boolean }[] {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest).statements.flatMap((statement) => {
    if (!ts.isImportDeclaration(statement) && !ts.isExportDeclaration(statement)) return [];
    const { moduleSpecifier } = statement;
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
    return { name: moduleSpecifier.text, isType: isTypeOnly(statement) };
  });
}

function isTypeOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  const bindings = statement.importClause?.namedBindings;
  if (statement.importClause?.isTypeOnly === true) return true;
  return (
    bindings !== undefined && ts.isNamedImports(bindings) && bindings.elements.every((element) => element.isTypeOnly)
  );
}

function resolved(file: string, name: string): string {
  return normalize(join(dirname(file), name)).replace(/\.js$/, '.ts');
}

const DOMAINS = ['users', 'posts', 'tokens', 'points', 'sessions', 'audit', 'throttles'];

/** Which folders, or files beside them, a folder may import from. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  'main.ts': ['app.ts', 'config.ts', 'cli', 'log.ts', 'errors.ts', 'seal.ts', 'step-down.ts', 'database'],
  'step-down.ts': ['root.ts', 'database'],
  cli: [
    'app.ts',
    'main.ts',
    'config.ts',
    'log.ts',
    'errors.ts',
    'input.ts',
    'database',
    'auth',
    'policy',
    'graphql',
    ...DOMAINS,
  ],
  'app.ts': [
    'config.ts',
    'errors.ts',
    'log.ts',
    'root.ts',
    'database',
    'auth',
    'policy',
    'graphql',
    'http',
    'housekeeping',
    ...DOMAINS,
  ],
  http: ['config.ts', 'errors.ts', 'auth', 'graphql', 'database', 'tokens', 'sessions', 'throttles'],
  graphql: ['config.ts', 'errors.ts', 'input.ts', 'root.ts', 'zod.ts', 'auth', 'policy', 'database', ...DOMAINS],
  ...Object.fromEntries(
    DOMAINS.map((domain) => [
      domain,
      [
        'config.ts',
        'errors.ts',
        'input.ts',
        'root.ts',
        'zod.ts',
        'home.ts',
        'secret-file.ts',
        'auth',
        'database',
        ...DOMAINS,
      ],
    ]),
  ),
  auth: ['config.ts', 'errors.ts', 'input.ts', 'zod.ts', 'home.ts', 'secret-file.ts'],
  policy: [],
  housekeeping: ['database'],
  database: ['config.ts', 'errors.ts', 'root.ts', 'home.ts', 'secret-file.ts'],
  'log.ts': ['database'],
  'config.ts': ['config-values.ts', 'errors.ts', 'zod.ts'],
  'config-values.ts': ['config.ts'],
  'input.ts': ['errors.ts'],
  'errors.ts': [],
  'root.ts': [],
  'seal.ts': [],
  'zod.ts': [],
  'home.ts': ['secret-file.ts'],
  'secret-file.ts': [],
};

/** A resolver meets the other domains in graphql/: its types, the shape of a page, and what a field asks for. */
const EDGE = /(?:^|\/)resolvers\.ts$/;

const folderOf = (file: string) => file.split('/')[0] ?? '';

describe('Imports', () => {
  it('point one way, from the process to the database', () => {
    const wrong = sources.flatMap(({ file, own }) =>
      own
        .filter((target) => folderOf(target) !== folderOf(file))
        .filter((target) => !ARROWS[folderOf(file)]?.includes(folderOf(target)))
        .filter(
          (target) =>
            !(EDGE.test(file) && /^graphql\/(generated|context|connection|asks-for|owner-of)\.ts$/.test(target)),
        )
        .filter((target) => !(file === 'database/tables.ts' && target.endsWith('/table.ts')))
        .map((target) => `${file} -> ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('never run in a circle at run time', () => {
    const graph = new Map(sources.map(({ file, atRunTime }) => [file, atRunTime]));
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  it.each([
    ['jsonwebtoken', /^auth\/jwt\.ts$/],
    ['pg', /^database\//],
    ['@apollo/server', /^(http|graphql)\//],
    ['@as-integrations/fastify', /^http\//],
    ['fastify', /^http\//],
    ['commander', /^cli\//],
    ['argon2', /^users\/password/],
    ['bcrypt', /^users\/password/],
  ])('reach %s from one place alone', (name, place) => {
    const users = sources.filter(({ packages }) =>
      packages.some((used) => used === name || used.startsWith(`${name}/`) || used.endsWith(`/${name}`)),
    );
    expect(users.map(({ file }) => file).filter((file) => !place.test(file))).toEqual([]);
  });

  it('leave the policy on graphql and its tools alone', () => {
    const used = sources.filter(({ file }) => file.startsWith('policy/')).flatMap(({ packages }) => packages);
    expect(used.filter((name) => name !== 'graphql' && !name.startsWith('@graphql-tools/'))).toEqual([]);
    const onNode = sources.filter(({ file, text }) => file.startsWith('policy/') && text.includes("from 'node:"));
    expect(onNode.map(({ file }) => file)).toEqual([]);
  });

  it('leave a table on Drizzle, the scopes and other tables', () => {
    const wrong = sources
      .filter(({ file }) => file.endsWith('/table.ts'))
      .flatMap(({ file, own, packages }) => [
        ...own
          .filter((target) => !target.endsWith('/table.ts') && target !== 'auth/scope.ts')
          .map((target) => `${file} -> ${target}`),
        ...packages.filter((name) => !name.startsWith('drizzle-orm')).map((name) => `${file} -> ${name}`),
      ]);
    expect(wrong).toEqual([]);
  });
});

describe('Sources', () => {
  it('read the environment in main.ts and cli/ alone', () => {
    const readers = sources.filter(({ text }) => /\bprocess\.(env|argv|exit)\b/.test(text)).map(({ file }) => file);
    expect(readers.filter((file) => file !== 'main.ts' && !file.startsWith('cli/'))).toEqual([]);
  });

  it('keep no folder for what has no name', () => {
    const names = sources.flatMap(({ file }) => file.replace(/\.ts$/, '').split('/'));
    expect(
      names.filter((name) => /^(utils?|helpers?|common|services?|managers?|index|misc|shared)$/.test(name)),
    ).toEqual([]);
  });

  it('have one reason each to exist: no file is longer than 300 lines', () => {
    const long = sources.filter(({ file, text }) => file !== 'graphql/generated.ts' && text.split('\n').length > 300);
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});
