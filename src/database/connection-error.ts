/**
 * Why a connection to the database could not be made, in the words of an operator: what to put into DATABASE_URL. What
 * the driver and OpenSSL say names neither.
 */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { describeFileFault } from '../home/secret-file.js';
import { databaseFailure } from './failure.js';

const CA =
  'put the file of its certificate authority into DATABASE_URL (?sslmode=verify-full&sslrootcert=/path/ca.pem), or sslmode=no-verify to encrypt without checking it';

/** By the error's code. */
const BY_CODE: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `the certificate of the server is self-signed: ${CA}`,
  SELF_SIGNED_CERT_IN_CHAIN: `the certificate of the server comes from an authority that is not known here: ${CA}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `the certificate of the server comes from an authority that is not known here: ${CA}`,
  UNABLE_TO_GET_ISSUER_CERT: `the certificate of the server comes from an authority that is not known here: ${CA}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `the certificate of the server comes from an authority that is not known here: ${CA}`,
  CERT_HAS_EXPIRED: 'the certificate of the server has expired: renew it',
  CERT_NOT_YET_VALID: 'the certificate of the server is not valid yet: check the clocks',
  CERT_REVOKED: 'the certificate of the server was revoked: replace it',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'the certificate of the server is for another host name: use the name that it has in DATABASE_URL, or sslmode=no-verify to encrypt without checking it',
};

/** By the error's message, as pg and pg-connection-string word it. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [
    /does not support SSL connections/,
    'the server does not offer TLS: switch it on there (ssl = on), or remove sslmode from DATABASE_URL',
  ],
  [
    /error establishing an SSL connection/,
    'what answers at this address is not PostgreSQL: check host and port in DATABASE_URL',
  ],
  [
    /no encryption|SSL off/,
    'the server takes no connection of this user and address without TLS: add ?sslmode=verify-full to DATABASE_URL',
  ],
  [
    /unsupported startup parameter/,
    'a pooler stands in front of the server and refuses settings at connect: set DATABASE_POOLER=on',
  ],
  [
    /sslmode=verify-ca requires/,
    'sslmode=verify-ca needs sslrootcert: add it to DATABASE_URL, or use sslmode=verify-full',
  ],
];

/** Whether an operator has to change something first, so that waiting for the database is of no use. */
export function isPermanent(error: unknown): boolean {
  return knownReason(error) !== undefined || unreadFile(error) !== undefined || isUnsentPassword(error);
}

/** Whether the server refused a change because the database is read-only, as a standby is until it is promoted. */
export function isReadOnly(error: unknown): boolean {
  return sqlStateOf(error) === '25006';
}

/**
 * One sentence without its full stop. It holds no URL, no password and no path of a file with a key.
 *
 * @param url the DATABASE_URL that was connected to.
 */
export function describeConnectionError(error: unknown, url: string): string {
  if (isReadOnly(error)) return 'the database is read-only';
  if (isUnsentPassword(error)) return `the server asks for a password, and ${NO_PASSWORD}`;
  const reason =
    faultOfFile(error, url) ??
    faultOfAuthorities(error, url) ??
    knownReason(error) ??
    databaseFailure(error)?.cause.message.replace(/\.$/, '') ??
    'unknown reason';
  const missing = missingFrom(url, sqlStateOf(error));
  return missing === undefined ? reason : `${reason}, and ${missing}`;
}

const NO_PASSWORD = 'DATABASE_URL has no password: add it, as in postgres://user:password@host:5432/database';

/** For SCRAM the driver fails itself where it has no password. For MD5 it sends a wrong one, which the server refuses. */
function isUnsentPassword(error: unknown): boolean {
  return causesOf(error).some(({ message }) => /password must be a (non-empty )?string/.test(message));
}

/** Only the files that DATABASE_URL names are read to connect. */
function unreadFile(error: unknown): Error | undefined {
  return causesOf(error).find(
    (cause) => ('syscall' in cause && cause.syscall === 'open') || codeOf(cause) === 'EISDIR',
  );
}

/** Names the parameter, not the path: a key may stand there instead of the path of its file. */
function faultOfFile(error: unknown, url: string): string | undefined {
  const cause = unreadFile(error);
  if (cause === undefined) return undefined;
  const path = 'path' in cause ? cause.path : undefined; // a directory fails when it is read, and is not named then
  const { searchParams } = new URL(url);
  const named = ['sslrootcert', 'sslcert', 'sslkey'].filter(
    (name) => searchParams.has(name) && (path === undefined || searchParams.get(name) === path),
  );
  return `${named.join(' or ')} in DATABASE_URL cannot be used: ${describeFileFault(cause)}`;
}

/** OpenSSL passes over a file without a certificate, and then knows no authority. */
function faultOfAuthorities(error: unknown, url: string): string | undefined {
  const file = new URL(url).searchParams.get('sslrootcert');
  if (file === null || !causesOf(error).some((cause) => BY_CODE[codeOf(cause)]?.endsWith(CA))) return undefined;
  return /-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(readFileSync(file, 'latin1'))
    ? undefined
    : `the file ${file} that DATABASE_URL names in sslrootcert holds no certificate in PEM`;
}

/** PostgreSQL's code; undefined: the error is not the server's. */
function sqlStateOf(error: unknown): string | undefined {
  return causesOf(error).find((cause) => cause instanceof pg.DatabaseError)?.code;
}

/** What a URL lacks with which the server refuses a log-in. The driver takes the name of the system's user instead. */
function missingFrom(url: string, sqlState = ''): string | undefined {
  const { username, password, pathname, searchParams } = new URL(url);
  const has = (part: string, parameter: string) => part !== '' || (searchParams.get(parameter) ?? '') !== '';
  if (sqlState.startsWith('28') && !has(username, 'user'))
    return 'DATABASE_URL has no user: add it, as in postgres://user:password@host:5432/database';
  if (sqlState === '28P01' && !has(password, 'password')) return NO_PASSWORD;
  if (sqlState === '3D000' && !has(pathname.slice(1), 'database'))
    return 'DATABASE_URL has no database: add it, as in postgres://user:password@host:5432/database';
  return undefined;
}

function knownReason(error: unknown): string | undefined {
  for (const cause of causesOf(error)) {
    const reason = explain(cause);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

/** The error and its causes, the outermost first. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let cause = error; cause instanceof Error; cause = cause.cause) causes.push(cause);
  return causes;
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function explain(error: Error): string | undefined {
  const code = codeOf(error);
  if (BY_CODE[code] !== undefined) return BY_CODE[code];
  const known = BY_MESSAGE.find(([pattern]) => pattern.test(error.message));
  if (known !== undefined) return known[1];
  // OpenSSL's own: a broken PEM file, or a peer without a common protocol.
  return /^ERR_(SSL|OSSL|TLS)_|^EPROTO$/.test(code)
    ? `TLS failed (${code}): check sslmode and the files in DATABASE_URL`
    : undefined;
}
