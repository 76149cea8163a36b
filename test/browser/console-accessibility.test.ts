import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { type ConsoleVisit, HOLD, itInConsole } from './console-visit.js';
import { expectFocus, faultsOf, overflowOf } from './measurements.js';
import { setColorScheme } from './still-page.js';

const APPLY = 'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code } } } }';
const ISSUE = 'mutation ($input: IssueTokenInput!) { issueToken(input: $input) { token { id } } }';
const LINK = 'mutation ($input: LinkExternalIdInput!) { linkExternalId(input: $input) { user { id } } }';
const CREATE_WEBHOOK = 'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }';
const NO_ID = '00000000-0000-7000-8000-000000000000';
const USERNAME = 'W'.repeat(64);
const TOKEN_NAME = 'M'.repeat(100);

const VIEWS = [
  { colorScheme: 'light', width: 1360 },
  { colorScheme: 'dark', width: 375 },
] as const;

/** What the pages show: a user and a token with the longest names, an open hold and a webhook of that user. */
interface Subjects {
  readonly user: string;
  readonly hold: string;
  readonly token: string;
  readonly webhook: string;
}

const it = itInConsole({ WEBHOOK_PRIVATE_NETWORKS: 'on' }).extend(
  'subjects',
  { scope: 'file' },
  async ({ visit }) => await createSubjects(visit),
);

describe('The console', () => {
  it('is accessible on every page, and not wider than its window', async ({ visit, subjects }) => {
    const { page, problems } = await visit.logIn('ada', '/console/users');
    for (const view of VIEWS) {
      await show(page, view);
      for (const [path, text] of pagesOf(subjects)) {
        await open(page, path);
        await page.getByText(text, { exact: true }).locator('visible=true').first().waitFor();
        expect({ path, ...view, ...(await measured(page)) }).toEqual({ path, ...view, faults: [], overflow: [] });
      }
    }
    expect(problems).toEqual([]);
  });

  it('is accessible in every dialog, which keeps the focus and returns it', async ({ visit, subjects }) => {
    const { page, problems } = await visit.logIn('ada', '/console/users');
    for (const { path, steps, title } of dialogsOf(subjects)) {
      await open(page, path);
      const opener = await activate(page, steps);
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.waitFor();
      await expectHeldFocus(page, dialog, title);
      for (const view of VIEWS) {
        await show(page, view);
        const found = await measured(page, '[role="dialog"]');
        expect({ title, ...view, ...found }).toEqual({ title, ...view, faults: [], overflow: [] });
      }
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await expectFocus(opener, String(title));
    }
    expect(problems).toEqual([]);
  });

  it('is accessible where it shows a secret, and returns the focus after it', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens');
    const opener = await activate(page, [['button', 'Issue a token']]);
    const dialog = page.getByRole('dialog');
    await expectFocus(dialog.getByLabel('Name'));
    await page.keyboard.type(TOKEN_NAME);
    await dialog.getByRole('button', { name: 'Find required scopes' }).press('Enter');
    await dialog.getByLabel('Operations of your application').waitFor();
    expect(await measured(page, '[role="dialog"]')).toEqual({ faults: [], overflow: [] });
    await dialog.getByLabel('users:read').press('Space');
    await dialog.getByLabel('Name').press('Enter');
    for (const step of [
      'Step 2 of 4: How much it may do',
      'Step 3 of 4: From where it may be used',
      'Step 4 of 4: Review',
    ]) {
      await expectFocus(dialog.getByRole('heading', { name: step }), step);
      for (const view of VIEWS) {
        await show(page, view);
        const found = await measured(page, '[role="dialog"]');
        expect({ step, ...view, ...found }).toEqual({ step, ...view, faults: [], overflow: [] });
      }
      await dialog.getByRole('button', { name: /^(Next|Issue the token)$/ }).press('Enter');
    }
    await dialog.getByRole('textbox', { name: 'Secret' }).waitFor();
    for (const view of VIEWS) {
      await show(page, view);
      expect({ ...view, ...(await measured(page)) }).toEqual({ ...view, faults: [], overflow: [] });
    }
    await page.keyboard.press('Escape'); // the secret would be lost
    await dialog.getByRole('button', { name: 'Done' }).press('Space');
    await dialog.waitFor({ state: 'detached' });
    await expectFocus(opener);
    expect(problems).toEqual([]);
  });
});

/** Creates the user, with entries of the longest reason, a session, ids in another system and the token. */
async function createSubjects(visit: ConsoleVisit): Promise<Subjects> {
  const everything = await visit.server.everything();
  const user = await visit.server.user({ username: USERNAME });
  const operations = [
    { points: Number.MAX_SAFE_INTEGER - 1, reason: 'W'.repeat(500) },
    { points: 1, reason: `evil \u202E(test) live ${'שלום עולם '.repeat(40)}` },
  ].map((change) => ({ add: { ...change, user: { id: user.id } } }));
  const { data } = await visit.server.send(everything, APPLY, { input: { operations } });
  expect(data.applyPoints.results).toEqual([{ error: null }, { error: null }]);
  const largest = Number.MAX_SAFE_INTEGER;
  const limits = { maxPointsPerChange: largest, maxAddedPerDay: largest, maxSpentPerDay: 1, requestsPerMinute: 600 };
  const restrictions = { limits, networks: ['2001:db8:1234:5678:9abc:def0:1234:5678', '0.0.0.0/0'] };
  const input = { name: TOKEN_NAME, owner: { username: USERNAME }, scopes: ['USERS_READ'], ...restrictions };
  const issued = await visit.server.send(everything, ISSUE, { input });
  await visit.server.session(user);
  for (const id of ['1234', 'W'.repeat(255)]) {
    const external = { issuer: 'twitch', id };
    await visit.server.send(everything, LINK, { input: { user: { id: user.id }, external } });
  }
  const held = { user: { id: user.id }, points: largest - 1, expiresInSeconds: 2_592_000, reason: 'W'.repeat(500) };
  const hold = await visit.server.send(everything, HOLD, { input: { ...held, reference: 'W'.repeat(100) } });
  const webhook = await createStoppedWebhook(visit, user.id);
  return { user: user.id, hold: hold.data.holdPoints.hold.id, token: issued.data.issueToken.token.id, webhook };
}

/** Creates a webhook with a long URL and every event, of which an attempt has failed, then pauses it. */
async function createStoppedWebhook(visit: ConsoleVisit, user: string): Promise<string> {
  const everything = await visit.server.everything();
  const url = `http://127.0.0.1:9/${'w'.repeat(1_900)}`;
  const events = ['POINTS_ENTRY', 'HOLD_ENDED', 'TOKEN_EXPIRING', 'TOKEN_REVOKED', 'USER_DELETED'];
  const input = { url, events, user: { id: user } };
  const { data } = await visit.server.send(everything, CREATE_WEBHOOK, { input });
  const { id } = data.createWebhook.webhook;
  const failure = `update webhook_progress set last_failure_at = now(), last_failure = 'connection refused' where webhook_id = $1`;
  await visit.server.database.query(failure, [id]);
  const pause = `update webhooks set paused_at = now(), paused_because = 'FAILURES' where id = $1`;
  await visit.server.database.query(pause, [id]);
  return id;
}

/** Each page with a text that it alone shows, once it is loaded. */
function pagesOf({ user, hold, token, webhook }: Subjects): [path: string, text: string][] {
  return [
    ['/console', 'Active tokens'],
    ['/console/tokens?state=', TOKEN_NAME],
    ['/console/tokens?search=nothing', 'No active tokens'],
    [`/console/tokens/${token}`, '0 of 9,007,199,254,740,991 used today'],
    ['/console/tokens?state=PAUSED', 'No paused tokens'],
    [`/console/tokens/${NO_ID}`, 'Token not found'],
    ['/console/users', 'Create a user'],
    ['/console/users?search=nothing', 'No users found'],
    [`/console/users/${user}`, '+9,007,199,254,740,990'],
    [`/console/users/${user}?tab=holds`, 'Hold 1'],
    [`/console/users/${user}?tab=holds&state=EXPIRED`, 'No holds found'],
    [`/console/users/${user}?tab=tokens`, TOKEN_NAME],
    [`/console/users/${user}?tab=sessions`, 'End'],
    [`/console/users/${user}?tab=posts`, 'No posts'],
    [`/console/users/${user}?tab=external-ids`, 'Unlink twitch:1234'],
    [`/console/users/${user}/statement`, 'Closing balance'],
    [`/console/users/${NO_ID}`, 'User not found'],
    [`/console/users/${NO_ID}/statement`, 'There is no user with this ID.'],
    ['/console/users?search=twitch:nothing', 'No user found'],
    ['/console/points', 'Live'],
    ['/console/points?reference=nothing', 'No entries found'],
    ['/console/points?kind=REVERSAL', 'No entry of this period matches.'],
    ['/console/holds', 'Hold 1'],
    ['/console/holds?reference=nothing', 'No holds found'],
    [`/console/holds/${hold}`, 'Hold ID'],
    [`/console/holds/${NO_ID}.h1`, 'Hold not found'],
    ['/console/webhooks', 'An event was not accepted in 10 attempts within about three days.'],
    [`/console/webhooks/${webhook}`, 'connection refused'],
    [`/console/webhooks/${NO_ID}`, 'Webhook not found'],
    ['/console/audit', 'Changes to users, tokens, sessions and webhooks. Changes to points are in the ledger.'],
    [`/console/audit?userId=${NO_ID}`, `User ${NO_ID}`],
    ['/console/nothing', 'This page does not exist.'],
  ];
}

type Step = readonly [role: 'button' | 'menuitem', name: string];

interface DialogCase {
  readonly path: string;
  /** What opens it: a button, or the button of a menu and an item. */
  readonly steps: readonly [Step, Step?];
  readonly title: string | RegExp;
}

function dialogsOf({ user, token, webhook }: Subjects): DialogCase[] {
  const userPage = `/console/users/${user}`;
  const webhookPage = `/console/webhooks/${webhook}`;
  const button = (path: string, name: string, title: string | RegExp): DialogCase => {
    return { path, steps: [['button', name]], title };
  };
  const item = (path: string, name: string, title: string | RegExp): DialogCase => {
    return {
      path,
      steps: [
        ['button', 'More'],
        ['menuitem', name],
      ],
      title,
    };
  };
  return [
    button('/console/tokens', 'Issue a token', 'Issue a token'),
    button(`/console/tokens/${token}`, 'Edit', /^Edit “/),
    button(`/console/tokens/${token}`, 'Pause', /^Pause “/),
    button(`/console/tokens/${token}`, 'Rotate', /^Rotate “/),
    button(`/console/tokens/${token}`, 'Revoke', /^Revoke “/),
    button('/console/users', 'Create a user', 'Create a user'),
    button('/console/users', 'Export', 'Export users'),
    button(userPage, 'Add points', `Add points to ${USERNAME}`),
    button(userPage, 'Spend points', `Spend points of ${USERNAME}`),
    button(userPage, 'Move points', `Move points of ${USERNAME}`),
    button(`${userPage}?tab=holds`, `Release Hold 1 of ${USERNAME}`, `Release hold 1 of ${USERNAME}?`),
    button(userPage, 'Reverse entry 1', `Reverse entry 1 of ${USERNAME}?`),
    button(userPage, 'Export', 'Export history'),
    item(userPage, 'Rename', `Rename ${USERNAME}`),
    item(userPage, 'Make an administrator', `Make ${USERNAME} an administrator?`),
    item(userPage, 'Log out everywhere', `Log ${USERNAME} out everywhere?`),
    item(userPage, 'Delete', `Delete ${USERNAME}?`),
    button(`${userPage}?tab=external-ids`, 'Link an external ID', `Link an external ID to ${USERNAME}`),
    button(`${userPage}?tab=external-ids`, 'Unlink twitch:1234', /^Unlink “/),
    button(`${userPage}?tab=sessions`, 'End', 'End this session?'),
    button('/console/webhooks', 'Create a webhook', 'Create a webhook'),
    button(webhookPage, 'Test', 'Test the webhook to 127.0.0.1:9'),
    button(webhookPage, 'Resume', 'Resume the webhook to 127.0.0.1:9?'),
    button(webhookPage, 'Edit', 'Edit the webhook to 127.0.0.1:9'),
    item(webhookPage, 'Redeliver entries', 'Redeliver entries to 127.0.0.1:9'),
    item(webhookPage, 'Rotate the key', 'Rotate the key of the webhook to 127.0.0.1:9'),
    item(webhookPage, 'Delete', 'Delete the webhook to 127.0.0.1:9?'),
  ];
}

async function open(page: Page, path: string): Promise<void> {
  await page.evaluate((address) => history.pushState(null, '', address), path);
}

async function show(page: Page, { colorScheme, width }: (typeof VIEWS)[number]): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await setColorScheme(page, colorScheme);
}

async function measured(page: Page, within?: string): Promise<{ faults: string[]; overflow: string[] }> {
  return { faults: await faultsOf(page, within), overflow: await overflowOf(page) };
}

/** Activates one control after the other by keyboard, and returns the first, to which the focus comes back. */
async function activate(page: Page, [first, second]: DialogCase['steps']): Promise<Locator> {
  const control = ([role, name]: Step) => page.getByRole(role, { name, exact: true }).first();
  await control(first).press('Enter');
  if (second) await control(second).press('Space');
  return control(first);
}

/** Presses Tab once more often than the dialog has stops. */
async function expectHeldFocus(page: Page, dialog: Locator, title: string | RegExp): Promise<void> {
  const isInside = () => dialog.evaluate((element) => element.contains(document.activeElement));
  await expect.poll(isInside, { timeout: 5_000 }).toBe(true);
  const stops = await dialog.locator('button, input, select, textarea').count();
  for (let press = 0; press <= stops; press++) {
    await page.keyboard.press('Tab');
    expect({ title, press, isInside: await isInside() }).toEqual({ title, press, isInside: true });
  }
}
