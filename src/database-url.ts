/**
 * Reads DATABASE_URL, and says what to put where the driver would guess: of two hosts it takes the last, an `sslmode` that
 * it does not know switches TLS on or off by chance, and a `#` in a password cuts the URL off.
 */

/** A URL that the driver understands as its author does, or what is wrong with it, without its values. */
export type DatabaseUrl = { readonly url: string } | { readonly fault: string };

export function parseDatabaseUrl(text: string): DatabaseUrl {
  if (!namesOneHost(text)) return { fault: SEVERAL_HOSTS };
  const encoded = text.replaceAll(STRAY_PERCENT, '%25');
  if (!URL.canParse(encoded)) return { fault: `${EXAMPLE}: ${ENCODING}` };
  const url = new URL(encoded);
  if (!/^postgres(ql)?:$/.test(url.protocol)) return { fault: EXAMPLE };
  const fault = faultOfParts(url) ?? faultOfParameters(url.searchParams);
  return fault === undefined ? { url: withExplicitTls(url.href) } : { fault };
}

/**
 * A `%` that begins no code stands for itself. The driver would encode the whole URL anew for its sake, or for that of a
 * space, and so encode twice what is encoded.
 */
const STRAY_PERCENT = /%(?![0-9a-f]{2})/gi;

const SEVERAL_HOSTS =
  'names several hosts, and only one can be connected to: name a proxy, or an address that follows the primary';
const EXAMPLE = 'must be a URL such as postgres://user:password@host:5432/database';
const ENCODING = 'in user and password write # as %23, / as %2F, ? as %3F, @ as %40, : as %3A and % as %25';

/** PostgreSQL's own form of several hosts is no URL: its authority, or its parameter `host`, is a list. */
function namesOneHost(text: string): boolean {
  const authority = /^postgres(?:ql)?:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(text)?.[1] ?? '';
  const hosts = [...text.matchAll(/[?&]host=([^&#]*)/g)].map(([, host]) => host);
  return hosts.length <= 1 && !/,|%2c/i.test([authority, ...hosts].join(' '));
}

/** An @ behind the host belongs to the authority, which a character of the password has ended. */
function faultOfParts({ hash, pathname, search, username, password }: URL): string | undefined {
  if (hash !== '' || pathname.includes('@') || (username === '' && search.includes('@')))
    return `has a user or a password that is not encoded: ${ENCODING}`;
  return [username, password, pathname].every(isDecodable)
    ? undefined
    : `has a % that is no code of a character: ${ENCODING}`;
}

function isDecodable(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
const FILES = ['sslrootcert', 'sslcert', 'sslkey'];
const KNOWN = ['host', 'port', 'user', 'password', 'options', 'ssl', 'sslmode', ...FILES];

function faultOfParameters(parameters: URLSearchParams): string | undefined {
  for (const name of new Set(parameters.keys())) {
    const known = KNOWN.find((parameter) => parameter === name.toLowerCase());
    if (known === undefined) continue; // the driver has more, and other clients' mean nothing to it
    if (name !== known) return `has ${name}, which counts only in lower case: write ${known}`;
    const [value = '', ...others] = parameters.getAll(name);
    if (others.length > 0) return `has ${name} more than once: write it once`;
    const fault = faultOfValue(name, value);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfValue(name: string, value: string): string | undefined {
  if (name === 'port' && !isPort(value)) return 'has a port that is not one number from 1 to 65535';
  if (name === 'sslmode' && !SSL_MODES.includes(value))
    return `has an sslmode that is unknown: write one of ${SSL_MODES.join(', ')}`;
  if (name === 'ssl' && !['true', '1', '0', 'no-verify'].includes(value))
    return 'has a value of ssl that is unknown: write sslmode=verify-full instead, or sslmode=disable';
  if (name === 'sslrootcert' && value === 'system')
    return 'has sslrootcert=system, which is no file: leave it out, since sslmode=verify-full trusts the authorities of Node.js';
  if (FILES.includes(name) && value === '')
    return `has an empty ${name}: write the path of a file in PEM, or leave it out`;
  return undefined;
}

function isPort(value: string): boolean {
  return /^\d{1,5}$/.test(value) && Number(value) >= 1 && Number(value) <= 65_535;
}

/**
 * The driver verifies certificates in full for `prefer`, `require` and `verify-ca` as well, and warns of each that its next
 * major version will not. The URL says so explicitly, unless it asks for libpq's meaning.
 */
function withExplicitTls(url: string): string {
  return /[?&]uselibpqcompat=true(&|$)/.test(url)
    ? url
    : url.replace(/([?&]sslmode=)(?:prefer|require|verify-ca)(?=&|$)/g, '$1verify-full');
}
