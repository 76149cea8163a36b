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
});
