import type { Browser, Page } from 'playwright-core';

/** A page in a browser profile of its own, and everything that went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings of the console, violations of the content security policy, requests to any other host. */
  readonly problems: string[];
}

/** Opens a page without motion, so that nothing is measured on its way, wide enough that an editor wraps no line. */
export async function openWatched(browser: Browser, url: URL): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000); // less than a test has, so that the failure names what was waited for
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // The browser itself reports each response of 400 and above; whether a refusal is right, the test says.
    const isRefusal =
      message.text().startsWith('Failed to load resource') && message.location().url.endsWith('/graphql');
    if (['error', 'warning'].includes(message.type()) && !isRefusal) problems.push(message.text());
  });
  page.on('request', (request) => {
    const { protocol, origin } = new URL(request.url());
    if (!['data:', 'blob:'].includes(protocol) && origin !== url.origin) problems.push(`request to ${request.url()}`);
  });
  await page.goto(url.href);
  return { page, problems };
}
