import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { waitUntilStill } from './still-page.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe calls serious or critical, with where, once the page is still. `within`: the CSS selector of the part to check. */
export async function faultsOf(page: Page, within = 'html'): Promise<string[]> {
  await waitUntilStill(page);
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  return await page.evaluate(async (part) => {
    // Safe: axe was loaded into the page the line before.
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(part);
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
  }, within);
}

/**
 * What is wider than the window, its dialog or the frame of its list, and by how many pixels, once the page is still.
 * A control may also be cut off by a frame that hides its overflow.
 */
export async function overflowOf(page: Page): Promise<string[]> {
  await waitUntilStill(page);
  return await page.evaluate(() => {
    const frames = [document.documentElement, ...document.querySelectorAll('.scrip-list, [role="dialog"]')];
    const controls = [...document.querySelectorAll('a, button, input, select, textarea')];
    return [
      ...frames.map((frame) => ({ element: frame, by: frame.scrollWidth - frame.clientWidth })),
      ...controls.map((control) => ({
        element: control,
        by: control.getBoundingClientRect().right - window.innerWidth,
      })),
    ]
      .filter(({ by }) => by > 0)
      .map(({ element, by }) => `${element.className || element.tagName}: ${by}`);
  });
}

/** Waits until an element has the focus. */
export async function expectFocus(element: Locator, message = 'the focus'): Promise<void> {
  await expect.poll(() => hasFocus(element), { message, timeout: 5_000 }).toBe(true);
}

async function hasFocus(element: Locator): Promise<boolean> {
  return await element.evaluate((candidate) => candidate === document.activeElement);
}
