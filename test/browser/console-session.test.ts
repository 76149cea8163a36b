import type { BrowserContext, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { keepSecret } from '../support/leaks.js';
import { fillIn, issueReviewed, it, PASSWORD } from './console-visit.js';
import { expectFocus } from './measurements.js';

const REMINDER = 'Change your initial password';
const NEW_PASSWORD = 'staple battery horse correct';

describe('The session of the console', () => {
  it('is not readable from other pages of the origin', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console');
    const graphiql = await page.context().newPage();
    await recordMessages(graphiql);
    await graphiql.goto(new URL('/graphql', visit.server.url).href);
    await graphiql.getByLabel('Bearer token').waitFor();

    const channel = await page.evaluate(() => document.cookie.replace('scrip-channel=', ''));
    expect(channel).toMatch(/^[0-9a-f-]{36}$/);
    expect(await graphiql.evaluate(() => document.cookie)).toBe('');
    await graphiql.evaluate(() => (window as unknown as Recording).ask());
    await page.reload(); // asks the other tabs
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(await graphiql.evaluate(() => ({ ...sessionStorage }))).toEqual({});
    expect(await messagesOf(graphiql)).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('is not passed to GraphiQL, and the link that passes a new token works once', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=users:read');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('explorer');
    const secret = await issueReviewed(dialog);
    const first = await opened(page.context(), () => dialog.getByRole('button', { name: /GraphiQL/ }).click());
    await first.getByText('Token set').waitFor();
    const address = await first.evaluate(() => performance.getEntriesByType('navigation')[0]?.name ?? '');
    expect(address).not.toContain(secret);

    const replay = await page.context().newPage();
    await replay.goto(address);
    await replay.getByText('No token: public fields only').waitFor();

    await dialog.getByRole('button', { name: 'Done' }).click();
    const second = await opened(page.context(), () => page.getByRole('link', { name: 'GraphiQL' }).click());
    await second.getByText('No token: public fields only').waitFor();
    expect(await Promise.all([first, second].map(keysOf))).toEqual([['scrip:token'], []]);
    expect(problems).toEqual([]);
  });

  it('reminds the first administrator to change the initial password, however many users they have created', async ({
    visit,
  }) => {
    await visit.server.database.query(
      `insert into audit_events (id, action, actor_id, subject_id)
       select gen_random_uuid(), 'USER_CREATED', id, gen_random_uuid() from users, generate_series(1, 5100) where username = 'admin'`,
    );
    const { page, problems } = await visit.logIn('admin', '/console', visit.server.firstAdminPassword);
    await page.getByRole('region', { name: REMINDER }).waitFor({ timeout: 60_000 }); // after 51 requests
    expect(problems).toEqual([]);
  });

  it('reminds the first administrator on every page until the initial password is changed', async ({ visit }) => {
    keepSecret(NEW_PASSWORD);
    const { page, problems } = await visit.logIn('admin', '/console', visit.server.firstAdminPassword);
    const reminder = page.getByRole('region', { name: REMINDER });
    await reminder.waitFor();
    await page.getByRole('link', { name: 'Users', exact: true }).click();
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    await reminder.getByRole('button', { name: 'Change password' }).click();

    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Current password', { exact: true }).fill('not the password');
    await dialog.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Current password', { exact: true }).fill(visit.server.firstAdminPassword);
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Your password was changed.').waitFor();
    await reminder.waitFor({ state: 'detached' });

    await page.reload();
    await page.getByRole('heading', { name: 'Users' }).waitFor();
    expect(await countAfterIdle(page)).toBe(0);
    await page.getByRole('button', { name: 'admin', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Log out' }).click();
    await fillIn(page, 'admin', NEW_PASSWORD);
    await page.getByRole('navigation', { name: 'Pages' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('does not remind an administrator whom another one created', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/users');
    await page.getByRole('link', { name: 'bob' }).waitFor();
    expect(await countAfterIdle(page)).toBe(0);
    expect(problems).toEqual([]);
  });

  it('continues in every tab after the password is changed, and ends elsewhere', async ({ visit }) => {
    await visit.create('cleo', 'ADMIN');
    const elsewhere = await visit.sessionOf('cleo');
    const { page, problems } = await visit.logIn('cleo', '/console/points');
    await page.getByText('Live', { exact: true }).waitFor();
    const second = await page.context().newPage();
    await second.goto(new URL('/console/points', visit.server.url).href);
    await second.getByText('Live', { exact: true }).waitFor();

    await page.bringToFront();
    await page.getByRole('button', { name: 'cleo', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Change password' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await dialog.getByText('Enter your current password.').waitFor();
    await expectFocus(dialog.getByLabel('Current password', { exact: true }));
    await page.keyboard.type(PASSWORD);
    await dialog.getByLabel('New password', { exact: true }).fill('short');
    await page.keyboard.press('Enter');
    await dialog.getByText('Enter at least 8 characters.').waitFor();
    await expectFocus(dialog.getByLabel('New password', { exact: true }));
    await dialog.getByLabel('New password', { exact: true }).fill(`${PASSWORD} 2`);
    await page.keyboard.press('Enter');
    await page.getByText('Your password was changed.').waitFor();

    for (const tab of [page, second]) {
      await tab.getByRole('link', { name: 'Users', exact: true }).click();
      await tab.getByRole('link', { name: 'bob' }).waitFor();
    }
    expect((await visit.server.send(elsewhere.secret, '{ viewer { kind } }')).status).toBe(401);
    expect(problems).toEqual([]);
  });

  /** How many reminders there are once the audit log was read. */
  async function countAfterIdle(page: Page): Promise<number> {
    await page.waitForLoadState('networkidle');
    return await page.getByRole('region', { name: REMINDER }).count();
  }
});

async function opened(context: BrowserContext, open: () => Promise<void>): Promise<Page> {
  const [page] = await Promise.all([context.waitForEvent('page'), open()]);
  return page;
}

async function keysOf(page: Page): Promise<string[]> {
  return await page.evaluate(() => Object.keys(sessionStorage));
}

/** What {@link recordMessages} adds to the window. */
interface Recording {
  readonly heard: unknown[];
  /** Asks the console for its session. */
  ask(): void;
}

/** Listens to each channel that the page opens, and to the one of the console's earlier versions. */
async function recordMessages(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const heard: unknown[] = [];
    const listen = (channel: BroadcastChannel) => channel.addEventListener('message', ({ data }) => heard.push(data));
    const Original = BroadcastChannel;
    window.BroadcastChannel = class extends Original {
      constructor(name: string) {
        super(name);
        listen(this);
      }
    };
    const known = new Original('scrip:console');
    listen(known);
    Object.assign(window, { heard, ask: () => known.postMessage({ kind: 'ask' }) });
  });
}

async function messagesOf(page: Page): Promise<unknown[]> {
  return await page.evaluate(() => (window as unknown as Recording).heard);
}
