import { describe, expect, it } from 'vitest';
import { environment } from '../src/settings.js';

/** What is wrong with a value of a setting; undefined: nothing. */
const faultOf = (name: string, value: string) => environment.safeParse({ [name]: value }).error?.issues[0]?.message;

describe('A bad setting', () => {
  // Other messages are those of the library that parses settings.
  it('is refused in words that follow its name', () => {
    const values = ['x'.repeat(200), '?', 'INFO', '-1', '99999999999'];
    const faults = Object.keys(environment.shape).flatMap((name) => values.map((value) => faultOf(name, value)));
    expect(faults.filter((fault) => fault !== undefined && !fault.startsWith('must '))).toEqual([]);
    expect(faults).toContain('must be on or off');
  });

  it.each(['INFO', 'warning'])('lists the levels of the log: %s', (level) => {
    expect(faultOf('LOG_LEVEL', level)).toBe('must be fatal, error, warn, info, debug, trace or silent, in lower case');
  });

  it.each([
    ['http://localhost:5173/', 'a slash at the end'],
    ['https://app.example/home', 'without a path'],
    ['https://APP.example', 'in lower case'],
    ['https://app.example:443', 'the default port'],
    ['https://app.example, *', 'such as https://app.example'],
  ])('names what is wrong with the origin %s', (origins, words) => {
    expect(faultOf('CORS_ORIGINS', origins)).toContain(words);
  });

  it.each([
    '127.0.0.1:4318',
    'grpc://127.0.0.1:4317',
    'http://user:password@127.0.0.1:4318',
    'http://127.0.0.1:4318?key=secret',
  ])('names what an address for traces is: %s', (url) => {
    expect(faultOf('OTEL_EXPORTER_OTLP_ENDPOINT', url)).toContain('must be a URL such as http://127.0.0.1:4318');
  });

  it.each(['secret', 'api key=secret', 'api-key=a secret', 'api-key=%zz', 'api-key=%0A', 'api-key=a,'])(
    'names what headers are, and not what was given: %s',
    (headers) => {
      const fault = faultOf('OTEL_EXPORTER_OTLP_HEADERS', headers);
      expect(fault).toBe('must be headers such as api-key=secret, separated by commas, with percent-encoded values');
    },
  );

  it.each(['/graphql', '/console', '/console/tokens', '/assets/1', '/healthz', '/readyz', '/metrics', '/favicon.ico'])(
    'names the path of the server that BASE_PATH would hide: %s',
    (path) => {
      const [, first] = path.split('/');
      expect(faultOf('BASE_PATH', path)).toBe(
        `must not begin with /${first}, which is a path of the server itself: choose one such as /scrip`,
      );
      expect(faultOf('BASE_PATH', `/apps${path}`)).toBeUndefined();
      expect(faultOf('BASE_PATH', `${path}s`.replace(/^\/(\w+)/, '/$1-s'))).toBeUndefined();
    },
  );
});
