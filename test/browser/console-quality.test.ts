import { describe, expect } from 'vitest';
import { it } from './console-visit.js';
import { faultsOf, overflowOf } from './measurements.js';
import { setColorScheme } from './still-page.js';
import { openWatched } from './watched-page.js';

const PAGES = [
  ['/console', 'Active tokens'],
  ['/console/tokens?state=', 'a test'],
  ['/console/tokens?state=&issue=', 'Read any user.'],
  ['/console/users', 'bob'],
  ['/console/points', 'Live'],
  ['/console/audit', 'Logged in'],
] as const;

describe('The console', () => {
  it.for(['light', 'dark'] as const)(
    'has no serious fault of accessibility, %s or narrow',
    async (colorScheme, { visit }) => {
      await Promise.all(['dave', 'erin'].map((name) => visit.server.user({ username: `${name}-${colorScheme}` })));
      const { page, problems } = await visit.logIn('ada', '/console');
      const { user } = await visit.sessionOf('bob');
      await setColorScheme(page, colorScheme);
      for (const width of [1280, 375]) {
        await page.setViewportSize({ width, height: 900 });
        for (const [path, landmark] of [...PAGES, [`/console/users/${user.id}`, 'Balance']] as const) {
          await page.evaluate((address) => history.pushState(null, '', address), path);
          await page.getByText(landmark, { exact: true }).first().waitFor();
          expect({ path, width, faults: await faultsOf(page) }).toEqual({ path, width, faults: [] });
          expect({ path, width, overflow: await overflowOf(page) }).toEqual({ path, width, overflow: [] });
          if (path.endsWith('issue=')) await page.getByRole('button', { name: 'Cancel' }).click();
        }
      }
      expect(problems).toEqual([]);
    },
  );

  it('has no serious fault of accessibility in the reminder, nor in a form with errors', async ({ visit }) => {
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
    'has no serious fault of accessibility in open menus, %s',
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

  it('loads less than 400 kB before it is there', async ({ visit }) => {
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
