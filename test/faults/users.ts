import { ISSUER, send } from './client.js';

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';
const LINK = 'mutation ($input: LinkExternalIdInput!) { linkExternalId(input: $input) { user { id } } }';

/** Creates users with an external id each, which is their id. */
export async function createUsers(
  name: string,
  count: number,
  { url, secret }: { readonly url: string; readonly secret: string },
): Promise<string[]> {
  const prefix = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 40);
  const ids: string[] = [];
  for (let number = 0; number < count; number++) {
    const body = await send(url, secret, CREATE, { input: { username: `${prefix}-${number}` } });
    const id: unknown = body?.data?.createUser?.user?.id;
    if (typeof id !== 'string') throw new Error('A user could not be created.');
    const link = { user: { id }, external: { issuer: ISSUER, id } };
    const linked = await send(url, secret, LINK, { input: link });
    if (linked?.data?.linkExternalId == null) throw new Error('A user could not be linked to an external id.');
    ids.push(id);
  }
  return ids;
}
