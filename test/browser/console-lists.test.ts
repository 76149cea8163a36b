import { describe, expect } from 'vitest';
import { type ConsoleVisit, it, itInConsole } from './console-visit.js';
import { expectFocus, overflowOf } from './measurements.js';
import { setColorScheme } from './still-page.js';

const APPLY = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code } } } }';
const ISSUE = 'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { token { id } } }';
const DELETE = 'mutation ($input: DeleteUserInput!) { deleteUser(input: $input) { deletedUserId } }';
const LONG_NAME = 'W'.repeat(64);
const MAX_POINTS = Number.MAX_SAFE_INTEGER;

describe('The lists of the console', () => {
  it('fit the window with long names, large numbers and long reasons', async ({ visit }) => {
    const { id } = await visit.server.user({ username: LONG_NAME });
    await add(visit, [
      { user: { id }, points: MAX_POINTS - 2, reason: 'W'.repeat(500) },
      { user: { id }, points: 1, reason: 'Words, and words, '.repeat(27) },
      { user: { id }, points: 1, reason: `evil \u202E(test) live ${'שלום עולם '.repeat(40)}` },
    ]);
    const tokenId = await issue(visit, 'W'.repeat(100), LONG_NAME);
    const { page, problems } = await visit.logIn('ada', '/console');
    for (const width of [375, 1000, 1360]) {
      await page.setViewportSize({ width, height: 900 });
      for (const [path, text] of [
        ['/console', LONG_NAME],
        ['/console/tokens', 'W'.repeat(100)],
        [`/console/tokens/${tokenId}`, LONG_NAME],
        ['/console/users', LONG_NAME],
        ['/console/points', '+9,007,199,254,740,989'],
        ['/console/audit', LONG_NAME],
        [`/console/users/${id}`, '9,007,199,254,740,991'],
        [`/console/users/${id}?tab=tokens`, 'W'.repeat(100)],
      ] as const) {
        await page.evaluate((address) => history.pushState(null, '', address), path);
        await page.getByText(text).first().waitFor();
        expect({ path, width, overflow: await overflowOf(page) }).toEqual({ path, width, overflow: [] });
      }
    }
    expect(problems).toEqual([]);
  });

  it('show a long reason in full on request, and direction controls as text', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'prosa' });
    await add(visit, [
      { user: { id }, points: 1, reason: `${'A reason '.repeat(40)}and its end` },
      { user: { id }, points: 1, reason: 'evil \u202E(test) live' },
    ]);
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    const history = page.getByRole('table', { name: 'History' });
    await history.getByText('evil [U+202E](test) live').locator('visible=true').waitFor();
    const reason = history.getByText('and its end').locator('visible=true');
    const more = history.getByRole('button', { name: 'Show more' }).locator('visible=true');
    await more.waitFor();
    const shortHeight = (await reason.boundingBox())?.height ?? 0;
    await more.click();
    await history.getByRole('button', { name: 'Show less' }).locator('visible=true').waitFor();
    expect((await reason.boundingBox())?.height).toBeGreaterThan(shortHeight);
    expect(problems).toEqual([]);
  });

  it('keep the focus at the first row that was loaded', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'many' });
    await add(
      visit,
      Array.from({ length: 60 }, () => ({ user: { id }, points: 1 })),
    );
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    const button = page.getByRole('button', { name: 'Load more' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Reverse entry 1', exact: true }).waitFor();

    await page.keyboard.press('Tab');
    await expectFocus(page.getByRole('button', { name: 'Details of entry 10 of many' }));
    expect(problems).toEqual([]);
  });

  it('include a token that is about to expire and older than a hundred others', async ({ visit }) => {
    const id = await issue(visit, 'old and about to expire', 'ada', new Date(Date.now() + 3_600_000));
    const owner = await visit.server.user({ username: 'holder' });
    for (let count = 0; count < 105; count++) await visit.server.token(['users:read'], owner);
    const { page, problems } = await visit.logIn('ada', '/console');
    const concern = page.getByRole('link', { name: /old and about to expire.* of ada expires within a day/ });
    await concern.waitFor();
    expect(await concern.getAttribute('href')).toBe(`/console/tokens/${id}`);
    await concern.click();
    await page.getByRole('heading', { name: 'old and about to expire' }).waitFor();
    await page.getByText(id, { exact: true }).waitFor();

    await page.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('Revoked', { exact: true }).first().waitFor();
    expect(problems).toEqual([]);
  });

  it('show the events of a deleted user, on the page of the user and in the audit log', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'gone' });
    await visit.server.send(await visit.server.everything(), DELETE, { input: { user: { id } } });
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByText('User not found').waitFor();
    const events = page.getByRole('table', { name: 'Events' });
    await events.getByText('User deleted').waitFor();
    await events.getByText('User created').waitFor();

    await page.evaluate((address) => history.pushState(null, '', address), `/console/audit?userId=${id}`);
    await page.getByRole('heading', { name: 'Audit' }).waitFor();
    await events.getByText('User deleted').waitFor();
    expect(await events.getByText('Logged in').count()).toBe(0);
    expect(problems).toEqual([]);
  });

  async function add(visit: ConsoleVisit, changes: object[]): Promise<void> {
    const input = { operations: changes.map((change) => ({ add: change })) };
    const { data } = await visit.server.send(await visit.server.everything(), APPLY, { input });
    expect(data.applyPoints.results.filter(({ error }: { error: unknown }) => error)).toEqual([]);
  }

  /** Issues a token, and returns its id. */
  async function issue(visit: ConsoleVisit, name: string, username: string, expiresAt?: Date): Promise<string> {
    const input = { name, owner: { username }, scopes: ['USERS_READ'], expiresAt: expiresAt?.toISOString() };
    return (await visit.server.send(await visit.server.everything(), ISSUE, { input })).data.issueToken.token.id;
  }
});

const itElsewhere = itInConsole();

describe('The keyboard focus', () => {
  const it = itElsewhere;

  it('moves to the page after a log-in and after a navigation', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/users');
    const main = page.getByRole('main', { name: 'Users' });
    await main.waitFor();
    await expectFocus(main);
    await page.getByRole('link', { name: 'Audit' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('main', { name: 'Audit' }).waitFor();
    await expectFocus(page.getByRole('main', { name: 'Audit' }));
    await page.reload();
    await page.getByRole('main', { name: 'Audit' }).waitFor();
    await expectFocus(page.locator('body')); // from the top, the navigation included
    expect(problems).toEqual([]);
  });

  it('is visible on a figure of the overview', async ({ visit }) => {
    const { page } = await visit.logIn('ada', '/console');
    await expectFocus(page.getByRole('main'));
    await page.getByRole('link', { name: /^Users \d/ }).waitFor();
    await page.keyboard.press('Tab');
    const figure = page.getByRole('link', { name: /^Users \d/ });
    await expectFocus(figure);
    expect(await figure.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  });

  it('moves to the first invalid field of a form, which Escape closes only while it is unchanged', async ({
    visit,
  }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=');
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('Enter a name.').waitFor();
    await expectFocus(dialog.getByLabel('Name'));
    await page.keyboard.type('shop');
    await page.keyboard.press('Enter');
    await dialog.getByText('Enter a name.').waitFor({ state: 'detached' });
    await expectFocus(dialog.getByLabel('All scopes of users'));
    await page.keyboard.press('Escape'); // what was typed would be lost
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Issue a token' }).first().click();
    await dialog.getByLabel('Name').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(problems).toEqual([]);
  });
});

describe('A check mark', () => {
  const it = itElsewhere;

  it.for(['light', 'dark'] as const)('has a contrast of 4.5 or more, %s', async (colorScheme, { visit }) => {
    const { page } = await visit.logIn('ada', '/console');
    await setColorScheme(page, colorScheme);
    await page.evaluate(() => history.pushState(null, '', '/console/tokens?issue=users:read'));
    const box = page.getByRole('dialog').getByLabel('users:read');
    await box.waitFor();
    expect(await box.isChecked()).toBe(true);
    const [mark, ground] = await box.evaluate((element) => {
      const icon = element.parentElement?.querySelector('svg') ?? element;
      return [getComputedStyle(icon).color, getComputedStyle(element).backgroundColor];
    });
    expect([mark, ground]).toEqual(Array(2).fill(expect.stringMatching(/^rgb\(/))); // both are opaque
    expect(contrast(mark ?? '', ground ?? '')).toBeGreaterThan(4.5);
  });
});

/** The contrast of two colours of the form `rgb(1, 2, 3)` (WCAG 2.2, "contrast ratio"). */
function contrast(one: string, other: string): number {
  const [bright = 0, dark = 0] = [one, other].map(luminance).sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
