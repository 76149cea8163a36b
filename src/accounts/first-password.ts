import { randomBytes } from 'node:crypto';
import { BadUserInput } from '../errors.js';
import { findSecretInHome, type HomeSecret, secretInHome } from '../home/home.js';
import { describeFileFault, readSecretFile, UnsafeFile } from '../home/secret-file.js';
import { decodePassword, parsePassword } from '../users/password.js';

/** Where the first administrator's password may be read or kept, in this order. */
export interface PasswordLocations {
  /** ADMIN_PASSWORD_FILE: holds the password. */
  readonly file: string | undefined;
  /** Whether a person at a terminal reads what the process prints. */
  readonly hasTerminal: boolean;
  /** SCRIP_HOME: keeps a password that cannot be shown, in `first-admin-password`. */
  readonly home: string;
}

/** The first administrator's password, by how the operator learns it. */
export type FirstPassword =
  | { readonly kind: 'GIVEN'; readonly value: string; readonly path: string }
  | { readonly kind: 'TO_SHOW'; readonly value: string }
  | ({ readonly kind: 'KEPT' } & HomeSecret)
  /** It could be neither shown nor kept. */
  | { readonly kind: 'NOT_STORED'; readonly reason: string };

/** The file of the first administrator's password cannot be used. The message shows nothing of its contents. */
class UnusableFirstPassword extends Error {}

/** The name of the file in a home. */
const FILE = 'first-admin-password';

/** 144 bits. */
const PASSWORD_BYTES = 18;

/**
 * Reads the first administrator's password from its file, or generates one and keeps it where the operator can find it.
 *
 * @throws UnusableFirstPassword; UnsafeHome.
 */
export async function chooseFirstPassword(locations: PasswordLocations, username: string): Promise<FirstPassword> {
  const { file, hasTerminal, home } = locations;
  if (file !== undefined) {
    return { kind: 'GIVEN', path: file, value: readGiven({ file, home, username }) };
  }
  if (hasTerminal) return { kind: 'TO_SHOW', value: randomBytes(PASSWORD_BYTES).toString('base64url') };
  try {
    return parseKept(await secretInHome(home, { name: FILE, bytes: PASSWORD_BYTES }), username);
  } catch (error) {
    if (!isSystemError(error)) throw unusableKept(error, home);
    return { kind: 'NOT_STORED', reason: `${home} cannot be written (${error.code})` };
  }
}

/**
 * The password that there is already, which a start without a terminal takes; undefined: it generates one. Makes nothing.
 *
 * @throws UnusableFirstPassword; UnsafeHome; the system's error for a home that cannot be read.
 */
export async function findFirstPassword(
  { file, home }: Omit<PasswordLocations, 'hasTerminal'>,
  username: string,
): Promise<Extract<FirstPassword, { path: string }> | undefined> {
  if (file !== undefined) return { kind: 'GIVEN', path: file, value: readGiven({ file, home, username }) };
  try {
    const kept = await findSecretInHome(home, FILE);
    return kept === undefined ? undefined : parseKept(kept, username);
  } catch (error) {
    throw unusableKept(error, home);
  }
}

function parseKept(kept: HomeSecret, username: string) {
  return { kind: 'KEPT', ...kept, value: parse(Buffer.from(kept.value), username) } as const;
}

function unusableKept(error: unknown, home: string): unknown {
  if (!(error instanceof BadUserInput || error instanceof UnsafeFile)) return error;
  return new UnusableFirstPassword(
    `The file ${FILE} in ${home} cannot be used: ${withoutPeriod(error)}. Remove it to get a new one.`,
  );
}

function readGiven(options: { file: string; home: string; username: string }): string {
  const { file, home, username } = options;
  try {
    return parse(readSecretFile(file, { folder: home, othersMayRead: true }), username);
  } catch (error) {
    // The error of the system has the path and is no cause: a password may stand in the setting instead of its path.
    const reason = error instanceof BadUserInput ? withoutPeriod(error) : describeFileFault(error);
    throw new UnusableFirstPassword(`ADMIN_PASSWORD_FILE names a password that cannot be used: ${reason}.`);
  }
}

function parse(contents: Buffer, username: string): string {
  return parsePassword('password', decodePassword(contents), { username });
}

function withoutPeriod({ message }: Error): string {
  return message.replace(/\.$/, '');
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && 'code' in error && typeof error.code === 'string';
}
