import { describe, expect } from 'vitest';
import { it } from './console-visit.js';
import { faultsOf } from './measurements.js';
import { setColorScheme } from './still-page.js';
import { openWatched } from './watched-page.js';

describe('The console', () => {
  it('has no serious accessibility fault in the reminder, nor in a form with errors', async ({ visit }) => {
    const { page, problems } = await visit.logIn('admin', '/console', visit.server.firstAdminPassword);
    const reminder = page.getByRole('region', { name: 'Change your initial password' });
    await reminder.getByRole('button', { name: 'Change password' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await dialog.getByText('Enter your current password.').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await setColorScheme(page, colorScheme);
      expect({ colorScheme, faults: await faultsOf(page) }).toEqual({ colorScheme, faults: [] });
    }
    expect(problems).toEqual([]);
  });

  it.for(['light', 'dark'] as const)(
    'has no serious accessibility fault in open menus, %s',
    async (colorScheme, { visit }) => {
      const { id } = await visit.server.user({ username: `menu-${colorScheme}` });
      const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
      await setColorScheme(page, colorScheme);
      for (const [button, item] of [
        ['More', 'Delete'],
        ['ada', 'Log out'],
      ] as const) {
        await page.getByRole('button', { name: button, exact: true }).click();
        await page.getByRole('menuitem', { name: item, exact: true }).waitFor();
        expect({ button, faults: await faultsOf(page) }).toEqual({ button, faults: [] });
        await page.keyboard.press('Escape');
      }
      expect(problems).toEqual([]);
    },
  );

  it('loads less than 400 kB before it shows the log-in page', async ({ visit }) => {
    const { page } = await openWatched(visit.browser, new URL('/console', visit.server.url));
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    const sizes = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => ('encodedBodySize' in entry ? Number(entry.encodedBodySize) : 0)),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    expect(total).toBeGreaterThan(50_000);
    expect(total).toBeLessThan(400_000);
  });
});
