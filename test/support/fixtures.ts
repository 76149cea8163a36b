import { itWith } from './server-fixture.js';

/** `it` for the server that all tests of the file share: `it('...', async ({ server }) => ...)`. */
export const it = itWith();
