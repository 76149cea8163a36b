import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type DocumentNode, parse, Source } from 'graphql';
import { root } from '../root.js';

const folder = fileURLToPath(new URL('schema', root));

/** The files of `schema/`, in the order of their names. Errors name them as `schema/users.graphql:12`. */
export function readSchemaFiles(): DocumentNode[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.graphql'))
    .sort()
    .map((name) => parse(new Source(readFileSync(`${folder}/${name}`, 'utf8'), `schema/${name}`)));
}
