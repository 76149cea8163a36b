import { isUtf8 } from 'node:buffer';

/** A name and a password from the header `Authorization`. */
export interface BasicCredentials {
  readonly kind: 'BASIC';
  readonly username: string;
  readonly password: string;
}

const BASIC = /^basic +([A-Za-z0-9+/]+={0,2})$/i;

/** Parses the scheme Basic in UTF-8 (RFC 7617): the name ends at the first colon. Undefined: not that scheme. */
export function parseBasic(authorization: string): BasicCredentials | undefined {
  const bytes = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64');
  const [, username, password] = /^([^:]*):(.*)$/s.exec(bytes.toString()) ?? [];
  if (username === undefined || password === undefined || !isUtf8(bytes)) return undefined;
  return { kind: 'BASIC', username, password };
}
