import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { NODE_FLAGS } from '../../src/process/node-flags.js';

/** A server that is measured. */
export interface Contender {
  /** On the command line. */
  readonly name: string;
  /** In tables. */
  readonly title: string;
  /** The program, for `node`. */
  readonly program: string;
  /** Scrip's own tables, or those of `contenders/schema.sql`. */
  readonly tables: 'scrip' | 'plain';
  /** Whether it takes GraphQL, or has a path for each operation. */
  readonly isGraphQL: boolean;
  /** Options of `node` that it is meant to run with. */
  readonly nodeOptions: readonly string[];
  /** The packages that it is made of, for their versions. */
  readonly packages: readonly string[];
}

const peer = (name: string, rest: Omit<Contender, 'name' | 'program' | 'tables' | 'nodeOptions'>): Contender => ({
  name,
  program: `${import.meta.dirname}/dist/${name}.js`,
  tables: 'plain',
  nodeOptions: [],
  ...rest,
});

export const CONTENDERS: readonly Contender[] = [
  {
    name: 'scrip',
    title: 'Scrip',
    program: fileURLToPath(new URL('../../dist/main.js', import.meta.url)),
    tables: 'scrip',
    isGraphQL: true,
    nodeOptions: NODE_FLAGS,
    packages: [],
  },
  peer('floor', { title: 'node:http + pg', isGraphQL: false, packages: ['pg'] }),
  peer('mercurius', { title: 'Mercurius', isGraphQL: true, packages: ['mercurius', 'mercurius-auth', 'fastify'] }),
  peer('yoga', {
    title: 'GraphQL Yoga',
    isGraphQL: true,
    packages: ['graphql-yoga', '@envelop/generic-auth', 'dataloader'],
  }),
  peer('apollo-express', {
    title: 'Apollo + Express',
    isGraphQL: true,
    packages: ['@apollo/server', '@as-integrations/express5', 'express', 'drizzle-orm'],
  }),
];

/** `mercurius 16.10.1`, of what is installed. */
export function versionsOf({ packages }: Contender): string[] {
  const require = createRequire(import.meta.url);
  return packages.map((name) => {
    const [found] = (require.resolve.paths(name) ?? []).flatMap((folder) => {
      try {
        return [String(require(`${folder}/${name}/package.json`).version)];
      } catch {
        return [];
      }
    });
    return `${name} ${found}`;
  });
}
