/** Refuses a home that a start of the embedded PostgreSQL refuses. It starts, makes and changes nothing. */
import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { refuseUnsafeHome } from '../home/home.js';
import { refuseOtherMajor } from './adopt-or-start.js';
import { findInstalled } from './find-binaries.js';
import { findDirectory, refuseOwner } from './find-location.js';
import { toOperatorError } from './open-embedded-postgres.js';

/** @throws UnsafeHome, or an Error whose message tells the operator what to do. */
export async function examineHome(home: string): Promise<void> {
  try {
    await refuseUnsafeHome(home);
    const directory = await findDirectory(home);
    if (directory === undefined) await refuseUnwritable(home);
    else await refuseOwner(directory);
  } catch (error) {
    throw toOperatorError(error, home);
  }
}

/** A missing home is made in the nearest folder that exists. */
async function refuseUnwritable(home: string): Promise<void> {
  let folder = home;
  while (await isMissing(folder)) folder = dirname(folder);
  await access(`${folder}/`, constants.W_OK | constants.X_OK); // with the slash a file is refused
}

async function isMissing(path: string): Promise<boolean> {
  return await stat(path).then(
    () => false,
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return true;
    },
  );
}

/**
 * Refuses a PostgreSQL that is not there to start.
 *
 * @param directory of a database that there is already, as `findDirectory` returns it.
 * @throws an Error whose message tells the operator what to do.
 */
export async function examineBinaries(directory: string | undefined): Promise<void> {
  const binaries = await findInstalled();
  if (directory !== undefined) await refuseOtherMajor({ directory }, binaries);
}
