import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { type ConsoleVisit, it } from './console-visit.js';

describe('The console', () => {
  it('animates what opens and closes, except for users who prefer reduced motion', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'mover' });
    expect(await motionsOf(visit, id, 'no-preference')).toEqual(expect.arrayContaining(['dialog', 'menu', 'alert']));
    expect(await motionsOf(visit, id, 'reduce')).toEqual([]);
  });
});

/** The roles of what moves or fades while a menu, a dialog and a notification open and close. */
async function motionsOf(visit: ConsoleVisit, id: string, reducedMotion: 'reduce' | 'no-preference') {
  const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
  await page.emulateMedia({ reducedMotion });
  await recordMotions(page);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: 'Log out everywhere' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Log out everywhere' }).click();
  await page.getByRole('alert').filter({ hasText: 'mover is logged out everywhere.' }).waitFor();
  await dialog.waitFor({ state: 'detached' });
  expect(problems).toEqual([]);
  return await page.evaluate(() => (window as unknown as { motions: string[] }).motions);
}

/** Records each transition of a position, a size or an opacity that takes longer than the millisecond of a library's "none". */
async function recordMotions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const motions: string[] = [];
    Object.assign(window, { motions });
    document.addEventListener('transitionrun', ({ target, propertyName }) => {
      if (!(target instanceof Element) || /color|shadow|fill|stroke/.test(propertyName)) return;
      // In milliseconds or seconds, one for each property.
      const durations = getComputedStyle(target).transitionDuration.split(',').map(Number.parseFloat);
      if (durations.some((duration) => duration > 0.001)) motions.push(target.role ?? `${target.className}`);
    });
  });
}
