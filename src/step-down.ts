/**
 * Gives up root, in two steps. What takes time is checked before the process listens; it becomes the other user right after
 * its ports are bound, which may need root. Node binds a port and continues within one turn of its event loop, so that no
 * connection is accepted in between: no request is served as root. The exception is `HOST=localhost`, which has two
 * addresses: Fastify looks the second one up while the first one accepts, for some milliseconds.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownerOf } from './embedded-postgres/accounts.js';
import { runProgram, type User } from './embedded-postgres/run-program.js';
import { root } from './root.js';

/** A file, and the setting that names it. */
interface SettingPath {
  readonly path: string;
  readonly setting: string;
}

interface StepDownOptions {
  /** Whom the embedded PostgreSQL runs as; only that user, and root, can stop it. Undefined: there is none. */
  readonly postgresUser: User | undefined;
  /** SCRIP_HOME, whose owner is chosen where there is no embedded PostgreSQL. */
  readonly home: string;
  /** What is read again for every new connection to the database. */
  readonly connectionFiles: readonly SettingPath[];
}

/** What a process that root started does once its ports are bound. */
export type StepDown =
  /** Root did not start the process. */
  | { readonly kind: 'NOT_ROOT' }
  /** It cannot step down. `reason` says why, and what to do. */
  | { readonly kind: 'STAY_ROOT'; readonly reason: string }
  | { readonly kind: 'BECOME'; readonly user: User };

/**
 * Chooses the user whom the process becomes: that of the embedded PostgreSQL, or else the owner of the home. A program is
 * run as that user, so that what the system does not permit shows here, where nothing has changed yet.
 */
export async function planStepDown({ postgresUser, home, connectionFiles }: StepDownOptions): Promise<StepDown> {
  if (process.getuid?.() !== 0) return { kind: 'NOT_ROOT' };
  const user = postgresUser ?? (await ownerOf(home));
  if (user === undefined || user.uid === 0) {
    return stayRoot(`no other user owns ${home}. Start it as an ordinary user instead.`);
  }
  try {
    const unreadable = await firstUnreadable(user, programFiles());
    if (unreadable !== undefined) {
      return stayRoot(`${user.name} cannot read ${unreadable}. Install Scrip where every user can read it.`);
    }
    const paths = connectionFiles.map(({ path }) => path);
    const unreadableFile = await firstUnreadable(user, paths);
    if (unreadableFile !== undefined) {
      const setting = connectionFiles.find(({ path }) => path === unreadableFile)?.setting;
      return stayRoot(
        `${user.name} cannot read ${unreadableFile}, which ${setting} names. Let this user read the file.`,
      );
    }
  } catch (error) {
    return stayRoot(`the system does not let it become ${user.name} (${error}).`);
  }
  return { kind: 'BECOME', user };
}

function stayRoot(reason: string): StepDown {
  return { kind: 'STAY_ROOT', reason };
}

/**
 * Becomes the user of a plan, for good; does nothing where the plan is to become none.
 *
 * @throws Error when the system does not permit it after all. The process may have that user's groups by then, and has to
 *   end.
 */
export function stepDown(plan: StepDown): void {
  if (plan.kind !== 'BECOME') return;
  const { name, uid, gid } = plan.user;
  try {
    process.setgroups?.([gid]); // not the user's further groups: everything that they may be needed for is open
    process.setgid?.(gid);
    process.setuid?.(uid); // last, since the others need root
  } catch (error) {
    throw new Error(
      `The process cannot give up root and become ${name} (${error}). Start it as an ordinary user instead.`,
      { cause: error },
    );
  }
}

/** The files of the program: pages and assets are read when they are asked for. */
function programFiles(): readonly string[] {
  const folder = fileURLToPath(root);
  const dist = join(folder, 'dist');
  const built = existsSync(dist) ? readdirSync(dist, { recursive: true, encoding: 'utf8' }) : [];
  return [join(folder, 'package.json'), ...built.map((name) => join(dist, name))];
}

async function firstUnreadable(user: User, paths: readonly string[]): Promise<string | undefined> {
  const script = 'for path; do test -r "$path" || { printf %s "$path"; exit; }; done';
  const answer = await runProgram('/bin/sh', ['-c', script, 'sh', ...paths], { user });
  return answer === '' ? undefined : answer;
}
