import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { waitUntilStill } from './still-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe calls serious or critical, with where, once the page is still. */
export async function faultsOf(page: Page): Promise<string[]> {
  await waitUntilStill(page);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return await page.evaluate(async () => {
    // Safe: axe was loaded into the page the line before.
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  });
}

/** What is wider than the window or the frame of its list, and by how many pixels, once the page is still. */
export async function overflowOf(page: Page): Promise<string[]> {
  await waitUntilStill(page);
  return await page.evaluate(() => {
    const frames = [document.documentElement, ...document.querySelectorAll('.scrip-list, [role="dialog"]')];
    return frames
      .filter((frame) => frame.scrollWidth > frame.clientWidth)
      .map((frame) => `${frame.className || frame.tagName}: ${frame.scrollWidth - frame.clientWidth}`);
  });
}

/** Waits until an element has the focus. */
export async function expectFocus(element: Locator, message = 'the focus'): Promise<void> {
  await expect.poll(() => hasFocus(element), { message, timeout: 5_000 }).toBe(true);
}

async function hasFocus(element: Locator): Promise<boolean> {
  return await element.evaluate((candidate) => candidate === document.activeElement);
}
