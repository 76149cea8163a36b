import { describe, expect } from 'vitest';
import { it } from './console-visit.js';

const LINK = 'mutation ($input: LinkExternalIdInput!) { linkExternalId(input: $input) { user { id } } }';
const FIND = 'query ($by: UserBy!) { user(by: $by) { username } }';

describe('The ids of a user in other systems', () => {
  it('are linked and unlinked on the page of the user', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'viewer' });
    const everything = await visit.server.everything();
    const by = { external: { issuer: 'twitch', id: 'Abc:1' } };
    const find = async () => (await visit.server.send(everything, FIND, { by })).data.user;
    const { page, problems } = await visit.logIn('ada', `/console/users/${id}`);
    await page.getByRole('tab', { name: 'External IDs' }).click();
    await page.waitForURL(/tab=external-ids$/);
    await page.getByText('No external IDs').waitFor();
    await page.getByRole('button', { name: 'Link an external ID' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Issuer').fill('Twitch TV');
    await dialog.getByRole('button', { name: 'Link' }).click();
    await dialog.getByText('Use 1 to 64 characters: a–z 0–9 . -').waitFor();
    await dialog.getByText('Enter 1 to 255 characters.').waitFor();
    await dialog.getByLabel('Issuer').fill('twitch');
    await dialog.getByLabel('ID', { exact: true }).fill('Abc:1');
    await dialog.getByRole('button', { name: 'Link' }).click();
    await page.getByText('Linked twitch:Abc:1 to viewer.').waitFor();
    expect(await find()).toEqual({ username: 'viewer' });

    await page.getByRole('button', { name: 'Unlink twitch:Abc:1' }).click();
    await dialog.getByRole('button', { name: 'Unlink' }).click();
    await page.getByText('No external IDs').waitFor();
    expect(await find()).toBeNull();
    expect(problems).toEqual([]);
  });

  it('are not linked to a second user, whose points the error mentions', async ({ visit }) => {
    const holder = await visit.server.user({ username: 'holder' });
    const second = await visit.server.user({ username: 'second' });
    const input = { user: { id: holder.id }, external: { issuer: 'twitch', id: '77' } };
    await visit.server.send(await visit.server.everything(), LINK, { input });
    await visit.add('holder', 5);
    const { page } = await visit.logIn('ada', `/console/users/${second.id}?tab=external-ids`);
    await page.getByRole('button', { name: 'Link an external ID' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Issuer').fill('twitch');
    await dialog.getByLabel('ID', { exact: true }).fill('77');
    await dialog.getByRole('button', { name: 'Link' }).click();
    await dialog.getByText('Another user, with points, has that external id.').waitFor();
    await dialog.getByRole('link', { name: 'Show the user with twitch:77' }).click();
    await page.getByRole('table', { name: 'Users' }).getByRole('link', { name: 'holder' }).waitFor();
  });

  it('find the user in the search of users', async ({ visit }) => {
    const { id } = await visit.server.user({ username: 'found' });
    const input = { user: { id }, external: { issuer: 'shop.example.com', id: 'C-5' } };
    await visit.server.send(await visit.server.everything(), LINK, { input });
    const { page, problems } = await visit.logIn('ada', '/console/users');
    const field = page.getByLabel('Search by name or external ID');
    await field.fill('shop.example.com:C-5');
    await page.waitForURL(/search=shop\.example\.com%3AC-5$/);
    await page.getByRole('table', { name: 'Users' }).getByRole('link', { name: 'found' }).waitFor();
    expect(await page.getByRole('table', { name: 'Users' }).getByRole('row').count()).toBe(2);
    await field.fill('shop.example.com:c-5');
    await page.getByText('No user has the ID “c-5” of shop.example.com. Upper and lower case differ.').waitFor();
    expect(problems).toEqual([]);
  });
});
