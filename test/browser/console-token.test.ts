import type { Locator, Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import { ADD_POINTS, type ConsoleVisit, it } from './console-visit.js';
import { expectFocus } from './measurements.js';

const VIEWER = '{ viewer { kind } }';
const TOKEN = `query ($id: ID!) {
  token(id: $id) { name limits { maxAddedPerDay maxPointsPerChange } networks state pausedAt }
}`;
const AUDIT = 'query ($user: UserBy!) { auditLog(user: $user) { nodes { action } } }';

describe('The console', () => {
  it('issues a token with limits and networks in steps, and loses nothing on the way back', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=points:add');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('limited');
    await page.keyboard.press('Enter');
    await expectFocus(dialog.getByRole('heading', { name: 'Step 2 of 4: How much it may do' }));
    await dialog.getByLabel('Points added per day').fill('100');
    await dialog.getByLabel('Operations per minute').fill('0');
    await next(dialog);
    await dialog.getByText('Enter a whole number of at least 1, or nothing.').waitFor();
    await expectFocus(dialog.getByLabel('Operations per minute'));
    await dialog.getByLabel('Operations per minute').fill('');
    await next(dialog);
    await dialog.getByLabel('Networks').fill('127.0.0.0/8\n10.0.0.1/8');
    await next(dialog);
    await dialog.getByText('Line 2: 10.0.0.1/8 is not the start of its block.').waitFor();
    await expectFocus(dialog.getByLabel('Networks'));
    await dialog.getByLabel('Networks').fill('127.0.0.0/8\n::1');
    await next(dialog);
    expect(await factsOf(dialog)).toEqual(
      'Name: limited, Owner: You, Format: Opaque, Expires: Never, Operations: Any, Scopes: points:add, ' +
        'Points added per day: At most 100, Networks: 127.0.0.0/8, ::1',
    );

    await dialog.getByRole('button', { name: '1 Token' }).click();
    expect(await dialog.getByLabel('Name').inputValue()).toBe('limited');
    expect(await dialog.getByLabel('points:add').isChecked()).toBe(true);
    await next(dialog);
    expect(await dialog.getByLabel('Points added per day').inputValue()).toBe('100');
    await next(dialog);
    expect(await dialog.getByLabel('Networks').inputValue()).toBe('127.0.0.0/8\n::1');
    await next(dialog);
    await dialog.getByRole('button', { name: 'Issue the token' }).click();
    const secret = await dialog.getByRole('textbox', { name: 'Secret' }).inputValue();

    expect((await add(visit, secret, 100)).errors).toBeUndefined();
    expect((await add(visit, secret, 1)).errors?.[0]?.extensions).toMatchObject({
      code: 'TOKEN_LIMIT',
      limit: 'maxAddedPerDay',
    });
    expect(problems).toEqual([]);
  });

  it('issues a token for the operations of files, with the scopes that they require', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('bound');
    await dialog.getByLabel('Only the operations below').check();
    await dialog
      .locator('input[type="file"]')
      .setInputFiles([
        file('names.graphql', 'query Names { users { nodes { ...Name } } }'),
        file('shared.gql', '# Shared\nfragment Name on User { username }\nquery Me { viewer { kind } }'),
      ]);
    await dialog.getByText('2 operations').waitFor();
    await dialog.getByRole('button', { name: 'Skip to review' }).click();
    await dialog.getByText('users:read').waitFor();
    await dialog.getByRole('button', { name: 'Issue the token' }).click();
    const secret = await dialog.getByRole('textbox', { name: 'Secret' }).inputValue();

    const { data } = await visit.server.send(secret, 'query Me { viewer { kind } }');
    expect(data).toEqual({ viewer: { kind: 'APP' } });
    const other = await visit.server.send(secret, '{ viewer { scopes } }');
    expect(other.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN', reason: 'OPERATION_NOT_ALLOWED' });

    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByRole('link', { name: 'bound' }).click();
    await page.getByRole('table', { name: 'Scopes' }).getByText('users:read').waitFor();
    await page.getByRole('button', { name: 'Show text of query Names' }).click();
    await page.getByText('...Name').waitFor();
    expect(problems).toEqual([]);
  });

  it('shows an error of the server at the step and the field that it is about', async ({ visit }) => {
    const { page, problems } = await visit.logIn('ada', '/console/tokens?issue=points:add');
    const dialog = page.getByRole('dialog');
    const refuse = async (extensions: object) => {
      await page.route('**/graphql', async (route) => {
        const isIssue = route.request().postData()?.includes('mutation IssueToken');
        const errors = [{ message: 'It is refused.', extensions }];
        await (isIssue ? route.fulfill({ json: { data: { issueToken: null }, errors } }) : route.continue());
      });
      await dialog.getByRole('button', { name: 'Issue the token' }).click();
      await dialog.getByText('It is refused.').waitFor();
      await page.unrouteAll({ behavior: 'wait' });
    };
    await dialog.getByLabel('Name').fill('refused');
    await dialog.getByRole('button', { name: 'Skip to review' }).click();

    await refuse({ code: 'BAD_USER_INPUT', field: 'input.limits.maxAddedPerDay' });
    await expectFocus(dialog.getByLabel('Points added per day'));
    await dialog.getByRole('button', { name: 'Skip to review' }).click();
    await refuse({ code: 'BAD_USER_INPUT', field: 'input.networks.3' });
    await expectFocus(dialog.getByLabel('Networks'));
    await next(dialog);
    await refuse({ code: 'USER_NOT_FOUND' });
    await expectFocus(dialog.getByRole('combobox', { name: 'Owner' }));
    await dialog.getByRole('button', { name: 'Skip to review' }).click();
    await refuse({ code: 'FORBIDDEN', reason: 'LIMITED_TOKEN' });
    await dialog.getByRole('alert').getByText('It is refused.').waitFor();
    await dialog.getByRole('heading', { name: 'Step 4 of 4: Review' }).waitFor();
    expect(problems).toEqual([]);
  });

  it('shows what is used of a daily limit while it is used', async ({ visit }) => {
    const limits = { maxAddedPerDay: 1_000, maxAddedPerUserPerDay: 800 };
    const token = await visit.server.token(['points:add'], undefined, { limits });
    const { page, problems } = await visit.logIn('ada', `/console/tokens/${token.id}`);
    const table = page.getByRole('table', { name: 'Limits' });
    await table.getByText('0 of 1,000 used today').waitFor();
    await table.getByText('At most 800').waitFor();

    await add(visit, token.secret, 412);
    await table.getByText('412 of 1,000 used today').waitFor();
    const meter = page.getByRole('meter', { name: 'Points added per day' });
    expect(await meter.getAttribute('aria-valuenow')).toBe('41');
    await table.getByText(/^Resets (in|tomorrow)/).waitFor();
    expect(problems).toEqual([]);
  });

  it('pauses and resumes a token, and lists it as paused', async ({ visit }) => {
    const token = await visit.server.token(['users:read'], await visit.server.user({ username: 'pauser' }));
    const status = async () => (await visit.server.send(token, VIEWER)).status;
    const { page, problems } = await visit.logIn('ada', `/console/tokens/${token.id}`);
    await confirm(page, 'Pause');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.getByText('Paused', { exact: true }).first().waitFor();
    expect(await page.getByRole('button', { name: 'Rotate' }).count()).toBe(0);
    expect(await status()).toBe(401);

    await page.getByRole('link', { name: 'Tokens' }).click();
    await page.getByRole('radiogroup', { name: 'State' }).getByText('Paused').click();
    await page.getByRole('cell', { name: 'Paused', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Resume a test' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByText('No paused tokens').waitFor();
    expect(await status()).toBe(200);
    const { data } = await visit.server.send(await visit.server.everything(), AUDIT, { user: { username: 'pauser' } });
    expect(data.auditLog.nodes.map(({ action }: { action: string }) => action)).toEqual([
      'TOKEN_RESUMED',
      'TOKEN_PAUSED',
      'TOKEN_ISSUED',
      'USER_CREATED',
    ]);
    expect(problems).toEqual([]);
  });

  it('changes the name, limits and networks of a token', async ({ visit }) => {
    const limits = { maxAddedPerDay: 10, maxPointsPerChange: 5 };
    const token = await visit.server.token(['points:add'], undefined, { limits, networks: ['127.0.0.0/8'] });
    const { page, problems } = await visit.logIn('ada', `/console/tokens/${token.id}`);
    await page.getByRole('button', { name: 'Edit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('renamed');
    await dialog.getByLabel('Points per change').fill('');
    await dialog.getByLabel('Points added per day').fill('2500');
    await dialog.getByLabel('Networks').fill('nowhere');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Line 1: “nowhere” is not an IP address').waitFor();
    await expectFocus(dialog.getByLabel('Networks'));
    await dialog.getByLabel('Networks').fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();

    await page.getByRole('heading', { name: 'renamed' }).waitFor();
    await page.getByRole('table', { name: 'Limits' }).getByText('0 of 2,500 used today').waitFor();
    const { data } = await visit.server.send(await visit.server.everything(), TOKEN, { id: token.id });
    expect(data.token).toEqual({
      name: 'renamed',
      limits: { maxAddedPerDay: 2_500, maxPointsPerChange: null },
      networks: [],
      state: 'ACTIVE',
      pausedAt: null,
    });
    expect(problems).toEqual([]);
  });
});

function file(name: string, text: string) {
  return { name, mimeType: 'application/graphql', buffer: Buffer.from(text) };
}

async function next(dialog: Locator): Promise<void> {
  await dialog.getByRole('button', { name: 'Next' }).click();
}

/** Presses a button of the page and the same one of the dialog that it opens. */
async function confirm(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
}

async function add(visit: ConsoleVisit, secret: string, points: number) {
  return await visit.server.send(secret, ADD_POINTS, { input: { user: { username: 'bob' }, points } });
}

/** The names and values of the review. */
async function factsOf(dialog: Locator): Promise<string> {
  const names = await dialog.getByRole('term').allTextContents();
  const values = await dialog.getByRole('definition').allTextContents();
  return names.map((name, index) => `${name}: ${values[index]}`).join(', ');
}
