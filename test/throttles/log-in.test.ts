import { describe, expect } from 'vitest';
import { LogInDocument, SignUpDocument } from '../operations/generated.js';
import { startServer, type TestResponse, type TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';

const password = 'correct horse battery';
const wrong = 'wrong horse battery';

/** A wait takes as many hours as it has seconds, so that no slow machine ever waits one out. */
const SLOW_MOTION = `
  create function slow_down() returns trigger language plpgsql as $$ begin
    if new.key like 'log-in:%' and new.expire > clock_timestamp() then
      new.expire := clock_timestamp() + 3600 * (new.expire - clock_timestamp());
    end if;
    return new;
  end $$;
  create trigger slow_motion before insert or update of expire on throttles for each row execute function slow_down()`;

const itOnNodes = itOnTwoNodes({ TRUSTED_PROXIES: '1', THROTTLE_SIGNUPS_PER_HOUR: '0' });

describe('The throttle of log-ins', () => {
  const it = itOnNodes;
  it.beforeAll(async ({ server }) => {
    await server.database.query(SLOW_MOTION);
  });

  const at = (address: string) => ({ 'x-forwarded-for': address });
  const logIn = (node: TestServer, username: string, tried: string, address: string) =>
    node.send(undefined, LogInDocument, { username, password: tried }, at(address));
  const codes = (responses: TestResponse[]) => responses.map(({ errors }) => errors?.[0]?.extensions['code'] ?? 'OK');
  const failures = async (server: TestServer, times: number, username: string, address: string) => {
    const responses = [];
    for (let time = 0; time < times; time++) responses.push(await logIn(server, username, wrong, address));
    return codes(responses);
  };
  const signUp = async (server: TestServer, username: string) => {
    const { data } = await server.send(undefined, SignUpDocument, { username, password }, at('192.0.2.1'));
    return data.signUp;
  };
  /** Ends all waits. */
  const lapse = (server: TestServer) =>
    server.database.query(`update throttles set expire = clock_timestamp() where key like 'log-in:%'`);
  const waitOf = ({ errors }: TestResponse) => Math.ceil(Number(errors?.[0]?.extensions['retryAfterSeconds']) / 3_600);

  it('allows five wrong passwords, then makes the next attempt wait, with the right password too', async ({
    server,
  }) => {
    await signUp(server, 'waiting');
    expect(await failures(server, 5, 'waiting', '192.0.2.10')).toEqual(Array(5).fill('INVALID_CREDENTIALS'));
    const { status, headers, data, errors } = await logIn(server, 'waiting', password, '192.0.2.10');
    expect({ status, data }).toEqual({ status: 200, data: { logIn: null } });
    const retryAfterSeconds = Number(headers.get('retry-after'));
    expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds });
    expect(retryAfterSeconds).toBeGreaterThan(0);
  });

  it('doubles the wait with each further failure, up to 15 minutes', async ({ server }) => {
    await failures(server, 5, 'doubling', '192.0.2.11');
    const waits: number[] = [];
    for (let time = 0; time < 13; time++) {
      waits.push(waitOf(await logIn(server, 'doubling', wrong, '192.0.2.11')));
      await lapse(server);
      expect(await failures(server, 1, 'doubling', '192.0.2.11')).toEqual(['INVALID_CREDENTIALS']);
      await server.database.query(`delete from throttles where key like 'failures of%'`);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
  });

  it('does not prolong the wait for attempts during it, and forgets it when the password is right', async ({
    server,
  }) => {
    await signUp(server, 'patient');
    await failures(server, 5, 'patient', '192.0.2.12');
    const tries = await Promise.all(Array.from({ length: 20 }, () => logIn(server, 'patient', wrong, '192.0.2.12')));
    expect(tries.map(waitOf)).toEqual(Array(20).fill(1));
    await lapse(server);
    expect(codes([await logIn(server, 'PATIENT', password, '192.0.2.12')])).toEqual(['OK']);
    expect(await failures(server, 5, 'patient', '192.0.2.12')).toEqual(Array(5).fill('INVALID_CREDENTIALS'));
  });

  it('treats an unknown user like a known one', async ({ server }) => {
    await signUp(server, 'known-name');
    for (const name of ['known-name', 'nobody-at-all']) {
      expect(await failures(server, 6, name, '192.0.2.13')).toEqual([
        ...Array(5).fill('INVALID_CREDENTIALS'),
        'RATE_LIMITED',
      ]);
    }
  });

  it('allows five of many attempts at once, on all nodes together', async ({ server, other }) => {
    const responses = await Promise.all(
      Array.from({ length: 40 }, (_, index) => logIn(index % 2 === 0 ? server : other, 'stormed', wrong, '192.0.2.14')),
    );
    expect(codes(responses).filter((code) => code === 'INVALID_CREDENTIALS')).toHaveLength(5);
    expect(codes(responses).filter((code) => code === 'RATE_LIMITED')).toHaveLength(35);
  });

  it('counts each field of a document, so that aliases do not evade it', async ({ server }) => {
    const field = (_: unknown, index: number) =>
      `a${index}: logIn(input: { username: "aliased", password: "${wrong}" }) { accessToken }`;
    await failures(server, 3, 'aliased', '192.0.2.15');
    const document = `mutation { ${Array.from({ length: 5 }, field)} }`;
    const { data, errors } = await server.send(undefined, document, {}, at('192.0.2.15'));
    expect(new Set(Object.values(data))).toEqual(new Set([null]));
    const found = errors?.map(({ extensions }) => extensions['code']);
    expect(found).toEqual([...Array(2).fill('INVALID_CREDENTIALS'), ...Array(3).fill('RATE_LIMITED')]);
  });

  it('makes one network wait and not another, and IPv6 neighbours together', async ({ server }) => {
    await signUp(server, 'travelling');
    await failures(server, 6, 'travelling', '192.0.2.16');
    expect(codes([await logIn(server, 'travelling', password, '192.0.2.17')])).toEqual(['OK']);
    for (let host = 1; host <= 5; host++) await logIn(server, 'neighbourly', wrong, `2001:db8:0:ff0${host}::${host}`);
    expect(codes([await logIn(server, 'neighbourly', wrong, '2001:db8:0:ffff::1')])).toEqual(['RATE_LIMITED']);
    expect(codes([await logIn(server, 'neighbourly', wrong, '2001:db8:0:fe00::1')])).toEqual(['INVALID_CREDENTIALS']);
  });

  it('ignores the address that a client claims, where no proxy is trusted', async () => {
    const direct = await startServer();
    const tries = [];
    for (let host = 1; host <= 6; host++) tries.push(await logIn(direct, 'spoofed', wrong, `192.0.2.${host}`));
    expect(codes(tries)).toEqual([...Array(5).fill('INVALID_CREDENTIALS'), 'RATE_LIMITED']);
    await direct.close();
  });

  // A wait here would let any neighbour behind the same address lock the account by five wrong passwords each time.
  it('makes no account wait for failures where it is familiar', async ({ server }) => {
    await signUp(server, 'neighboured');
    expect(codes([await logIn(server, 'neighboured', password, '192.0.2.37')])).toEqual(['OK']);
    expect(await failures(server, 8, 'neighboured', '192.0.2.37')).toEqual(Array(8).fill('INVALID_CREDENTIALS'));
    expect(codes([await logIn(server, 'neighboured', password, '192.0.2.37')])).toEqual(['OK']);
  });

  it('asks for a retry after 1 s, not at the end of the window, while right passwords are being compared', async ({
    server,
  }) => {
    const people = Array.from({ length: 60 }, (_, index) => `rushing-${index}`);
    await signUp(server, 'rushing');
    await server.database.query(
      `insert into users (id, username, role, password_hash)
       select gen_random_uuid(), name, 'USER', (select password_hash from users where username = 'rushing')
         from unnest($1::text[]) as name`,
      [people],
    );
    const responses = await Promise.all(people.map((person) => logIn(server, person, password, '192.0.2.35')));
    const refused = responses.filter(({ errors }) => errors !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    for (const { errors } of refused) {
      expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: 1 });
    }
    expect(codes([await logIn(server, 'rushing', password, '192.0.2.35')])).toEqual(['OK']);
  });

  it('releases an attempt once, though its success could not be recorded', async ({ server }) => {
    await signUp(server, 'unlucky');
    await failures(server, 2, 'lucky', '192.0.2.36');
    const ofNetwork = `where key = 'failures of network:192.0.2.36'`;
    const budget = () => server.database.query(`select pending, expire::text from throttles ${ofNetwork}`);
    // As after twelve, so that it is not full again meanwhile: then one more or less would not show.
    await server.database.query(`update throttles set expire = expire + interval '100 s' ${ofNetwork}`);
    const [{ expire } = {}] = await budget();
    await server.database.query(`
      create function refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
      create trigger refused before delete on throttles for each row execute function refuse()`);
    expect(codes([await logIn(server, 'unlucky', password, '192.0.2.36')])).toEqual(['INTERNAL_SERVER_ERROR']);
    await server.database.query('drop trigger refused on throttles');
    await expect.poll(budget).toEqual([{ pending: 0, expire }]);
  });

  it('does not count attempts that were refused as overloaded', async ({ server }) => {
    await server.database.query('delete from throttles');
    const responses = await Promise.all(
      Array.from({ length: 120 }, (_, index) => logIn(server, `crowd-${index}`, wrong, `10.0.${index}.1`)),
    );
    const overloaded = codes(responses).filter((code) => code === 'OVERLOADED');
    expect(overloaded.length).toBeGreaterThan(0);
    const [{ count } = {}] = await server.database.query(
      `select count(*)::int from throttles where key like 'log-in:%' and points = 0`,
    );
    expect(count).toBe(overloaded.length);
  });

  it('stores no username of an attempt, which may be a password', async ({ server }) => {
    const before = await server.database.query('select * from throttles');
    await logIn(server, 'a-password-in-the-wrong-box', wrong, '192.0.2.20');
    const after = await server.database.query('select * from throttles');
    expect(after.length).toBeGreaterThan(before.length);
    expect(JSON.stringify(after)).not.toContain('a-password-in');
  });

  it('is off where the setting is 0', async () => {
    const lenient = await startServer({ THROTTLE_LOGIN_FAILURES: '0' });
    const responses = [];
    for (let time = 0; time < 8; time++) responses.push(await logIn(lenient, 'anybody', wrong, '192.0.2.21'));
    expect(new Set(codes(responses))).toEqual(new Set(['INVALID_CREDENTIALS']));
    await lenient.close();
  });
});
