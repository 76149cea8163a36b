import { beforeEach } from 'vitest';

beforeEach(({ skip }) => {
  skip(process.env['SCRIP_TEST_BROWSER'] === 'skip', 'SCRIP_TEST_BROWSER=skip');
});
