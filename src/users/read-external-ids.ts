/** Reads users by their ids in other systems, and those ids. */
import { and, asc, eq, isNull, type SQL, sql } from 'drizzle-orm';
import type { Database, PreparedDatabase } from '../database/connect.js';
import { prepare } from '../database/prepare.js';
import { createReadLists, type Listed, list } from '../database/read-by-key.js';
import type { ExternalRef } from './external-ref.js';
import { externalIds, users } from './table.js';
import { type User, userColumns } from './user.js';

/** A link of a user to an id in another system. */
export interface ExternalId extends ExternalRef {
  readonly linkedAt: Date;
}

/** The external ids that a statement reads by, as rows `wanted(issuer, external_id, list)`; see {@link externalValues}. */
export function wantedExternalIds(): SQL {
  return sql`unnest(${sql.placeholder('issuers')}::text[], ${sql.placeholder('ids')}::text[])
    with ordinality as wanted(issuer, external_id, list)`;
}

/** The values of the placeholders of {@link wantedExternalIds}. */
function externalValues(refs: readonly ExternalRef[]): { issuers: string[]; ids: string[] } {
  return { issuers: refs.map(({ issuer }) => issuer), ids: refs.map(({ id }) => id) };
}

/** The condition that a link is wanted. */
export const isWantedExternalId = and(
  eq(externalIds.issuer, sql`wanted.issuer`),
  eq(externalIds.externalId, sql`wanted.external_id`),
);

/** Reads the id of the user who has an id in another system; undefined: there is none. */
export async function findHolder(database: Database, { issuer, id }: ExternalRef): Promise<string | undefined> {
  const [link] = await database
    .select({ userId: externalIds.userId })
    .from(externalIds)
    .where(and(eq(externalIds.issuer, issuer), eq(externalIds.externalId, id)));
  return link?.userId;
}

/** Creates a read of active users by an id in another system; concurrent reads share a statement. */
export function createUserByExternalId(database: PreparedDatabase): (ref: ExternalRef) => Promise<User | undefined> {
  const select = database
    .select({ list, row: userColumns })
    .from(wantedExternalIds())
    .innerJoin(externalIds, isWantedExternalId)
    .innerJoin(users, and(eq(users.id, externalIds.userId), isNull(users.deletedAt)));
  return createReadOneByExternalId(prepare(database, 'users_by_external_id', select));
}

/** Creates a read of one row for each reference, of a statement with {@link wantedExternalIds}. */
export function createReadOneByExternalId<Row>(
  read: (values: { issuers: string[]; ids: string[] }) => Promise<Listed<Row>[]>,
): (ref: ExternalRef) => Promise<Row | undefined> {
  const readLists = createReadLists<ExternalRef, Row>((refs) => read(externalValues(refs)));
  return async (ref) => (await readLists(ref))[0];
}

/** Creates a read of the links of users, the first linked first; concurrent reads share a statement. */
export function createExternalIdsOf(database: PreparedDatabase): (userId: string) => Promise<readonly ExternalId[]> {
  const select = database
    .select({
      list,
      row: { issuer: externalIds.issuer, id: externalIds.externalId, linkedAt: externalIds.linkedAt },
    })
    .from(sql`unnest(${sql.placeholder('users')}::uuid[]) with ordinality as wanted(user_id, list)`)
    .innerJoin(externalIds, eq(externalIds.userId, sql`wanted.user_id`))
    .orderBy(list, asc(externalIds.linkedAt), asc(externalIds.issuer), asc(externalIds.externalId));
  const read = prepare(database, 'external_ids_of_users', select);
  return createReadLists<string, ExternalId>((userIds) => read({ users: [...userIds] }));
}
