import { resolve } from 'node:path';
import type { Config } from '../config.js';

/** A file that is read again for each new connection, so that what is renewed in it needs no restart. */
export interface ConnectionFile {
  readonly path: string;
  /** The setting that names it. */
  readonly setting: string;
}

/** The certificates and keys that the URLs name, and the files that hold the URLs. */
export function connectionFiles({ source, listenUrl, listenUrlFile }: Config['database']): readonly ConnectionFile[] {
  if (source.kind === 'embedded') return [];
  return [
    ...filesOf('DATABASE_URL', { url: source.url, file: source.file }),
    ...filesOf('DATABASE_LISTEN_URL', { url: listenUrl, file: listenUrlFile }),
  ];
}

interface Source {
  readonly url: string | undefined;
  readonly file: string | undefined;
}

function filesOf(setting: string, { url, file }: Source): ConnectionFile[] {
  if (url === undefined) return [];
  const { searchParams } = new URL(url);
  const named = ['sslrootcert', 'sslcert', 'sslkey'].flatMap((name) => searchParams.getAll(name));
  return [
    ...named.map((path) => ({ path: resolve(path), setting })),
    ...(file === undefined ? [] : [{ path: file, setting: `${setting}_FILE` }]),
  ];
}
