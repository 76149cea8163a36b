import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const browser = ['test/browser/**/*.test.ts'];
const unit = ['test/**/*.unit.test.ts'];

/**
 * A test's project is in its path: `*.unit.test.ts` needs neither a database nor a process of its own, and all of them
 * together take seconds; test/browser/ needs Chromium, unless SCRIP_TEST_BROWSER=skip; all other tests are `integration`.
 */
export default defineConfig({
  // Vite takes the package's ES module where Node, and so every dependency, takes its CommonJS: two copies of one schema.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    maxWorkers: '100%', // by default Vitest leaves a processor to itself: of two, one
    testTimeout: 20_000,
    hookTimeout: 60_000, // a hook starts the server of a file
    teardownTimeout: 60_000, // the run's PostgreSQL writes what it has in memory, and ends
    expect: { poll: { timeout: 10_000 } },
    projects: [
      { extends: true, test: { name: 'unit', include: unit, isolate: false } },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/**/*.test.ts'],
          exclude: [...unit, ...browser, 'test/conformance/**', 'test/bench/**', 'node_modules/**'],
          isolate: false, // a process per file spends half of the processor's time on loading dependencies
          setupFiles: 'test/support/setup.ts',
          globalSetup: 'test/support/global-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: browser,
          retry: 1, // a page races with its server, and with the clock of a busy machine; the report says where it was needed
          setupFiles: 'test/browser/setup.ts',
          globalSetup: 'test/support/global-setup.ts',
        },
      },
    ],
  },
});
