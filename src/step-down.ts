/**
 * Gives up root. What needs root is done by then: PostgreSQL runs as its own user, keys are read, a port below 1024 is
 * bound. From then on the process can do what that one user can.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ownerOf } from './embedded-postgres/accounts.js';
import { runProgram, type User } from './embedded-postgres/run-program.js';
import { root } from './root.js';

interface StepDownOptions {
  /** Whom the embedded PostgreSQL runs as; only that user, and root, can stop it. Undefined: there is none. */
  readonly postgresUser: User | undefined;
  /** SCRIP_HOME, whose owner is chosen where there is no embedded PostgreSQL. */
  readonly home: string;
  /** The files of DATABASE_URL, which are read again for every new connection. */
  readonly connectionFiles: readonly string[];
}

/**
 * Lets a process that root started go on as the user of the embedded PostgreSQL, or else as the owner of its home.
 *
 * @returns whom it runs as from now on, or why it stays root, as a sentence for the log; undefined where it is not root.
 */
export async function stepDown({ postgresUser, home, connectionFiles }: StepDownOptions): Promise<string | undefined> {
  const { getuid, setgroups, setgid, setuid } = process;
  if (getuid?.() !== 0 || !setgroups || !setgid || !setuid) return undefined;
  const user = postgresUser ?? (await ownerOf(home));
  if (user === undefined || user.uid === 0) {
    return `The process stays root: no other user owns ${home}. Start it as an ordinary user instead.`;
  }
  const unreadable = await firstUnreadable(user, programFiles());
  if (unreadable !== undefined) {
    return `The process stays root: ${user.name} cannot read ${unreadable}. Install Scrip where every user can read it.`;
  }
  const unreadableFile = await firstUnreadable(user, connectionFiles);
  if (unreadableFile !== undefined) {
    return `The process stays root: ${user.name} cannot read ${unreadableFile}, which DATABASE_URL names. Let this user read the file.`;
  }
  try {
    setgroups([user.gid]); // not the user's further groups: everything that they may be needed for is open
    setgid(user.gid);
    setuid(user.uid); // last, since the others need root
  } catch (error) {
    if (getuid() === 0) return `The process stays root: the system does not let it become ${user.name} (${error}).`;
    throw error;
  }
  return `The process runs as ${user.name} from now on, no longer as root.`;
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
