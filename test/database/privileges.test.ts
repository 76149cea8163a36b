import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { openForCommand } from '../../src/database/open-database.js';
import { findReadinessFault } from '../../src/database/readiness.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { open } from './bring-up.js';

const ROLE = `serving_${process.pid}`;

let owner: TestDatabase;
let url: string;
beforeAll(async () => {
  owner = await createDatabase();
  await owner.query(`create role ${ROLE} login password 'serving'`);
  await owner.query('revoke all on schema public from public');
  await owner.query('revoke all on all functions in schema public from public');
  url = Object.assign(new URL(owner.url), { username: ROLE, password: 'serving' }).href;
  return async () => {
    await owner.query(`drop owned by ${ROLE}; drop role ${ROLE}`);
    await owner.drop();
  };
});

/** Why a node that serves as the role is not ready. */
async function readinessFault({ database } = open(url)): Promise<string> {
  return (await findReadinessFault({ database, requireSyncStandby: false }))?.message ?? 'none';
}

/** Why a start as the role fails. */
async function startFault(): Promise<string> {
  const source = { kind: 'url', url } as const;
  const config = {
    source,
    poolSize: 2,
    behindPooler: false,
    listenUrl: undefined,
    home: '.',
    durability: 'server',
    startTimeoutSeconds: 60,
  } as const;
  const opened = openForCommand({ ...config, requireSyncStandby: false }, pino({ level: 'silent' }));
  return await opened.then(
    ({ close }) => close().then(() => 'none'),
    (error: Error) => error.message,
  );
}

/** The GRANTs of a message. */
const grantsIn = (fault: string) => [...fault.matchAll(/GRANT [^;]+ TO …/g)].map(([grant]) => grant);

async function follow(grants: readonly string[]): Promise<void> {
  for (const grant of grants) await owner.query(grant.replace('…', ROLE));
}

const everyTable = `select 'public.' || relname as name from pg_class
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'v')`;
/** Without those of triggers and of extensions, which need no privilege. */
const everyFunction = `select 'public.' || proname as name from pg_proc
  where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype
    and not exists (select from pg_depend d where d.objid = pg_proc.oid and d.deptype = 'e')`;

/** Functions that this release does not call. */
const OF_EARLIER_RELEASES = [
  'public.apply_change',
  'public.apply_points',
  'public.entries_before',
  'public.write_entries',
];

describe('A role without privileges', () => {
  it('makes the readiness check and a start name every missing GRANT: first of the schema, then of its objects', async () => {
    const schema = ['GRANT USAGE ON SCHEMA public TO …'];
    expect(grantsIn(await readinessFault())).toEqual(schema);
    expect(grantsIn(await startFault())).toEqual(schema);
    await follow(schema);
    const objects = grantsIn(await readinessFault());
    expect(grantsIn(await startFault())).toEqual(objects);
    const named = objects.flatMap((grant) => grant.match(/public\.\w+/g) ?? []);
    const existing = await owner.query(`${everyTable} union all ${everyFunction}`);
    const needed = existing.map(({ name }) => name).filter((name) => !OF_EARLIER_RELEASES.includes(String(name)));
    expect(named.sort()).toEqual(needed.sort());
    await follow(objects);
    expect(await readinessFault()).toBe('none');
    expect(await startFault()).toBe('none');
  });

  it('makes the readiness check name exactly the GRANT that undoes a revocation', async () => {
    const connection = open(url);
    for (const _ of ['the schema', 'what is in it']) await follow(grantsIn(await readinessFault(connection)));
    const privileges = await owner.query(`
      select privilege_type as privilege, 'TABLE public.' || table_name as object
        from information_schema.role_table_grants where grantee = '${ROLE}'
       union all
      select privilege_type, 'FUNCTION public.' || routine_name from information_schema.routine_privileges
       where grantee = '${ROLE}'
       union all select 'USAGE', 'SCHEMA public'`);
    for (const { privilege, object } of privileges) {
      await owner.query(`revoke ${privilege} on ${object} from ${ROLE}`);
      const needed = [`GRANT ${privilege} ON ${object} TO …`];
      expect(grantsIn(await readinessFault(connection))).toEqual(needed);
      await follow(needed);
    }
    expect(privileges.length).toBeGreaterThan(40);
    expect(await readinessFault()).toBe('none');
  });

  it('makes the readiness check name CONNECT on the database, over a connection that is open', async () => {
    const { database } = open(url);
    await database.execute('select 1');
    const name = new URL(owner.url).pathname.slice(1);
    await owner.query(`revoke connect on database ${name} from public`);
    const fault = await findReadinessFault({ database, requireSyncStandby: false });
    expect(fault).toMatchObject({ kind: 'UNPRIVILEGED' });
    expect(grantsIn(fault?.message ?? '')).toContain(`GRANT CONNECT ON DATABASE ${name} TO …`);
    await owner.query(`grant connect on database ${name} to public`);
  });
});
