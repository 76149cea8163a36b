import { expect, it } from 'vitest';
import { causeIn } from '../../src/embedded-postgres/run-program.js';

const AT = '2026-11-29 12:00:00.000 UTC';

it('The cause of a failed start is not what the processes of a killed PostgreSQL wrote to the log', () => {
  const log = [
    `${AT} [1042] FATAL:  terminating connection due to unexpected postmaster exit`,
    `${AT} [1077] FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use`,
    `${AT} [1077] HINT:  Terminate any old server processes associated with data directory.`,
    `${AT} [1043] FATAL:  terminating connection due to unexpected postmaster exit`,
  ].join('\n');
  expect(causeIn(log)).toMatch(/^FATAL: {2}pre-existing shared memory block .* HINT: {2}Terminate/);
});
