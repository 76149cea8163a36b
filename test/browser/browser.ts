import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { keepCodeGeneration } from '../support/server.js';
import { type Env, itWith } from '../support/server-fixture.js';

/** `it` for a server, with these settings, and a browser that the tests of a file share. */
export function itInBrowser(env: Env = {}) {
  return itWith(env).extend('browser', { scope: 'file' }, async ({ server: _started }, { onCleanup }) => {
    const browser = await launchBrowser();
    onCleanup(() => browser.close());
    return browser;
  });
}

async function launchBrowser(): Promise<Browser> {
  const executablePath = executable();
  if (!executablePath) throw new Error('No Chromium is here: apt-get install chromium, or SCRIP_TEST_BROWSER=skip.');
  keepCodeGeneration();
  return await chromium.launch({ executablePath, args: ['--no-sandbox'] }); // in a container, root has no sandbox
}

function executable(): string | undefined {
  return ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
}
