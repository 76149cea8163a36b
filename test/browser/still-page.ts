import type { Page } from 'playwright-core';

/** Switches the page to a colour scheme, and waits until it has followed. */
export async function setColorScheme(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
}

/**
 * Waits until nothing on the page loads or moves: what is measured before, such as a contrast while a menu fades in, is
 * that of no state in which the page stays.
 */
export async function waitUntilStill(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const animations = document.getAnimations().filter((animation) => animation.playState !== 'finished');
    // Endless ones are loaders and placeholders. A loader may stay, as while there is no connection.
    const isMoving = animations.some(({ effect }) => effect?.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    const isLoading = document.querySelector('.mantine-Skeleton-root') !== null;
    // Before its animation starts, what opens is there already, and invisible.
    const opened = document.querySelectorAll('[role="dialog"], [role="menu"], [role="listbox"], [role="alert"]');
    const isOpening = [...opened].some((element) => Number(getComputedStyle(element).opacity) < 1);
    return !isMoving && !isLoading && !isOpening;
  });
}
