import { describe, expect, it } from 'vitest';
import { type Config, parseConfig } from '../../src/config.js';

function read(DATABASE_URL: string): Config['database']['source'] {
  return parseConfig({ DATABASE_URL, JWT_SECRET: 'x'.repeat(32) }).database.source;
}

describe('DATABASE_URL', () => {
  it.each([
    'postgres://u:p@h/db',
    'postgresql://u:p@h:5433/db?sslmode=verify-full&sslrootcert=/ca.pem',
    'postgres://u:p@h/db?ssl=true',
    'postgres:///db?host=/var/run/postgresql&port=5433',
    'postgres://u:p%40%2F%23@[::1]:5432/db',
    'postgres://u:50%25off@h/db?connect_timeout=3&channel_binding=require',
  ])('is accepted as written: %s', (url) => {
    expect(read(url)).toEqual({ kind: 'url', url });
  });

  it.each([
    ['postgres://u:50%off@h/db?options=-c%20a=%', 'postgres://u:50%25off@h/db?options=-c%20a=%25'],
    ['postgres://u:p%2F w@h/db?options=-c a=b', 'postgres://u:p%2F%20w@h/db?options=-c%20a=b'],
  ])('is percent-encoded where a URL needs it: %s', (written, url) => {
    expect(read(written)).toEqual({ kind: 'url', url });
  });

  it('has verify-full in place of sslmode=require, as the driver treats it', () => {
    expect(read('postgres://u:p@h/db?sslmode=require')).toEqual({
      kind: 'url',
      url: 'postgres://u:p@h/db?sslmode=verify-full',
    });
  });

  it.each([
    ['hosts in two parameters', 'postgres://u:hunter2@h/db?host=a&host=b', 'names several hosts'],
    ['hosts in a later parameter', 'postgres://u:hunter2@h/db?sslmode=disable&host=a,b', 'names several hosts'],
    ['several ports', 'postgres://u:hunter2@h/db?port=1,2', 'not one number from 1 to 65535'],
    ['a port that is too large', 'postgres://u:hunter2@h/db?port=65536', 'not one number from 1 to 65535'],
    ['the port twice', 'postgres://u:hunter2@h/db?port=1&port=2', 'has port more than once'],
    ['sslmode twice', 'postgres://u:hunter2@h/db?sslmode=require&sslmode=disable', 'has sslmode more than once'],
    ['an unknown sslmode', 'postgres://u:hunter2@h/db?sslmode=bogus', 'write one of disable, prefer, require'],
    ["libpq's sslmode=allow", 'postgres://u:hunter2@h/db?sslmode=allow', 'write one of disable, prefer, require'],
    ['an empty sslmode', 'postgres://u:hunter2@h/db?sslmode=', 'write one of disable, prefer, require'],
    ['sslmode in capitals', 'postgres://u:hunter2@h/db?SSLMODE=require', 'write sslmode'],
    ['ssl=false', 'postgres://u:hunter2@h/db?ssl=false', 'sslmode=disable'],
    ['sslrootcert=system', 'postgres://u:hunter2@h/db?sslrootcert=system', 'leave it out'],
    ['an empty sslrootcert', 'postgres://u:hunter2@h/db?sslrootcert=', 'the path of a file in PEM'],
    ['a # in the password', 'postgres://u:12#hunter2@h/db', 'write # as %23'],
    ['a / in the password', 'postgres://u:12/hunter2@h/db', '/ as %2F'],
    ['a ? in the password', 'postgres://u:12?hunter2@h/db', '? as %3F'],
    ['letters before a # in the password', 'postgres://u:pa#hunter2@h/db', 'write # as %23'],
    ['a % that is no code', 'postgres://u:hunter2%ff@h/db', '% as %25'],
  ])('is refused with %s, by an error that says what to write and not what was written', (_what, url, words) => {
    expect(() => read(url)).toThrow(words);
    expect(() => read(url)).toThrow(/^Bad settings: DATABASE_URL [^;]*\.$/);
    expect(() => read(url)).not.toThrow('hunter2');
  });
});
