import { beforeEach, vi } from 'vitest';

// A browser shares the processor with a server and a database: on a busy machine a tour of all pages takes a minute.
vi.setConfig({ testTimeout: 120_000 });

beforeEach(({ skip }) => {
  skip(process.env['SCRIP_TEST_BROWSER'] === 'skip', 'SCRIP_TEST_BROWSER=skip');
});
