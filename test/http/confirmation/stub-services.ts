import { CredentialEnded, roleChanged } from '../../../src/auth/errors.js';
import type { PooledDatabase } from '../../../src/database/connect.js';
import type { Services } from '../../../src/graphql/services.js';
import type { ApplyPoints } from '../../../src/points/change.js';
import { createLedger, type Ledger } from '../../../src/points/ledger.js';
import type { MinuteCount } from '../../../src/throttles/minute-counter.js';
import { createStubDatabase } from '../../points/simulation/stub-database.js';
import { isAsAllowed, mayChange, OWNER_ID } from './credential.js';
import { SHARED_KEY } from './operations.js';
import type { World } from './world.js';

/** A fault that stands between the server and its database. */
export interface PlantedStatements {
  readonly statement?: (run: ApplyPoints, world: World) => ApplyPoints;
  readonly ledger?: (ledger: Ledger) => Ledger;
}

const ANN = {
  id: '01900000-0000-7000-8000-00000000000a',
  username: 'ann',
  role: 'USER',
  createdAt: new Date(0),
  deletedAt: null,
} as const;

/** A change under the key that requests share. */
const EARLIER = {
  userId: 'ann',
  action: { kind: 'ADD', points: 1 },
  ownerId: OWNER_ID,
  idempotencyKey: SHARED_KEY,
} as const;

/** What the operations use, over the world of one run; anything else fails. */
export function stubServices(world: World, { statement, ledger }: PlantedStatements): Services {
  const { kind, faults } = world.plan;
  const { clock } = world;
  const database = createStubDatabase(
    { ...clock, pass: (_what, ms) => clock.delay(ms) },
    ['ann'],
    faults,
    ({ reason }) => world.keep(reason ?? 'a key that was closed'),
    (credential) => isAsAllowed(credential, world.state),
  );
  if (world.plan.isKeyUsed) database.model.apply(EARLIER);
  const run = statement?.(database.run, world) ?? database.run;
  const real = createLedger({ run, clock, onFailure: () => {}, onWritten: () => {} });
  const readAnn = async () => {
    await world.step('a read on its way');
    return ANN;
  };
  return {
    limits: { responseBytes: 1_000_000 },
    database: { keyedTransactions: stubTransactions(world) } as unknown as PooledDatabase,
    ledger: ledger?.(real) ?? real,
    throttles: {
      countRequest: () => (kind === 'APP' ? undefined : countOf(world.plan.isLimited)),
      takeBackRequest: () => {},
      countRejection: () => undefined,
      countChanges: () => undefined,
      readCount: () => undefined,
      readRejections: () => undefined,
    },
    reads: {
      userByName: readAnn,
      withPoints: { userByName: readAnn }, // it finds none, so that they are read next
      userId: async ({ username }: { username: string }) => username,
      balanceOf: async () => {
        await world.step('another read on its way');
        return { points: 0, sequence: 0 };
      },
    },
  } as unknown as Services;
}

/** As a transaction that writes a post: it checks the credential again, under the lock. */
function stubTransactions(world: World) {
  const { kind, isQueued } = world.plan;
  return {
    run: async ({ key, recheck }: { key: string; recheck: () => Promise<void> }) => {
      if (isQueued) {
        await world.step('a transaction before it');
        await recheck();
      }
      await world.step('a transaction on its way');
      const { fault, isPrivileged } = world.state;
      if (!mayChange(kind, world.state)) {
        if (fault !== 'NONE' && (kind === 'APP' || fault === 'TOKEN_REVOKED')) throw new CredentialEnded(fault);
        throw roleChanged('Mutation.createPost', {
          required: ['posts:write'],
          held: isPrivileged ? ['posts:write'] : [],
        });
      }
      world.keep(key);
      await world.step('its commit');
      return { id: ANN.id, authorId: ANN.id, title: 'a', createdAt: new Date(0) };
    },
  };
}

function countOf(isExceeded: boolean): MinuteCount {
  return { policy: 'requests', limit: 10, remaining: isExceeded ? 0 : 5, resetMs: 1_000, isExceeded };
}
