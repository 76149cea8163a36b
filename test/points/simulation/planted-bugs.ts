import { edit, editBoth, type PlantedFunction, REMEMBERED, rememberBeforeLocks } from './plant.js';
import { FAULTY_HOLDS, UNSEEN_EXPIRY } from './planted-hold-bugs.js';

export const FAULTY_FUNCTIONS: readonly PlantedFunction[] = [
  {
    name: 'early-keys',
    bug: 'keys are looked up before the lock, and an entry gives way to one that has its key',
    breaks: 'a key that was used while the lock was waited for is found, and nothing happens twice',
    plant: async (database) => {
      await rememberBeforeLocks(database, 'SELECT array_agg(k.idempotency_key) FROM answered_keys k');
      await edit(database, 'decide_change', [
        ['k.idempotency_key = change.idempotency_key;', `$& AND k.idempotency_key = ANY (${REMEMBERED}::text[]);`],
      ]);
      await edit(database, 'change_points', [['change.metadata);', '$& ON CONFLICT DO NOTHING;']]);
      await edit(database, 'write_changes', [['FROM unnest(written) w;', '$& ON CONFLICT DO NOTHING;']]);
    },
  },
  {
    name: 'early-balance',
    bug: 'a refusal has the balance of before the lock',
    breaks: 'a refusal tells the balance of now, not of before the lock was waited for',
    plant: async (database) => {
      await rememberBeforeLocks(database, 'SELECT jsonb_object_agg(b.user_id, b.points) FROM balances b');
      await edit(database, 'decide_change', [
        [
          'available := account.points - account.held + coalesce(freed, 0);',
          `available := ${REMEMBERED}::jsonb ->> account.user_id::text;`,
        ],
      ]);
    },
  },
  {
    name: 'missing-lock',
    bug: 'a balance is read, changed and written back without a lock',
    breaks: 'no change is lost where many happen at once',
    plant: (database) =>
      editBoth(database, [
        ['FOR NO KEY UPDATE SKIP LOCKED', ''],
        ['FOR NO KEY UPDATE', ''],
      ]),
  },
  {
    name: 'missing-key',
    bug: 'nothing keeps two entries from having one key',
    breaks: 'the tables themselves let a key, and a reversal, happen once',
    plant: async (database) => {
      await database.query('drop index entries_happen_once_per_key');
    },
  },
  {
    name: 'missing-external-id-key',
    bug: 'nothing keeps an external id from belonging to two users',
    breaks: 'the tables themselves let an external id belong to one user',
    plant: async (database) => {
      await database.query('alter table external_ids drop constraint external_ids_pkey');
    },
  },
  {
    name: 'forgotten-refusal',
    bug: 'a refusal is not stored',
    breaks: 'a refusal is remembered when there are enough points by then',
    plant: (database) =>
      edit(database, 'decide_change', [
        ['IF change.idempotency_key IS NOT NULL THEN\n      INSERT', 'IF false THEN\n      INSERT'],
      ]),
  },
  {
    name: 'early-credential',
    bug: 'the credential is read before the lock',
    breaks: 'a credential that ended while the lock was waited for changes nothing',
    plant: async (database) => {
      await rememberBeforeLocks(
        database,
        'SELECT array_agg(t.id) FROM tokens t WHERE t.revoked_at IS NULL AND coalesce(t.expires_at > now(), true)',
      );
      const isRemembered = `change.token_id = ANY (${REMEMBERED}::uuid[])`;
      await edit(database, 'change_points', [['t.fault IS NULL', isRemembered]]);
      await edit(database, 'apply_changes', [['token.fault IS NULL', isRemembered]]);
    },
  },
  {
    name: 'unsorted-locks',
    bug: 'all balances are waited for, in the order in which they are named',
    breaks: 'no two calls wait for each other in a circle',
    plant: (database) =>
      edit(database, 'apply_changes', [
        [
          'ORDER BY b.user_id FOR NO KEY UPDATE SKIP LOCKED',
          'ORDER BY array_position(user_ids || receiver_ids, b.user_id) FOR NO KEY UPDATE',
        ],
      ]),
  },
  {
    name: 'early-limit',
    bug: 'what is used of a limit is read before the lock',
    breaks: 'a limit for a day is exact where a change waits for another that uses it up',
    plant: async (database) => {
      await rememberBeforeLocks(database, 'SELECT jsonb_object_agg(c.root_id, to_jsonb(c)) FROM token_counters c');
      await edit(database, 'count_change', [
        [
          `  today := greatest((moment AT TIME ZONE 'UTC')::date, used.day`,
          `  used := jsonb_populate_record(used, ${REMEMBERED}::jsonb -> token.root_id::text);\n$&`,
        ],
      ]);
    },
  },
  {
    name: 'rotated-counter',
    bug: 'a rotation begins a new counter',
    breaks: 'a token and the one that it was rotated to use one counter',
    plant: (database) => edit(database, 'token_terms', [['COALESCE(t.root_id, t.id)', 't.id']]),
  },
  {
    name: 'unseen-pause',
    bug: 'a statement does not see that its token was paused',
    breaks: 'a token that was paused while the lock was waited for changes nothing',
    plant: (database) => edit(database, 'token_terms', [['(t.paused_at IS NOT NULL)', 'false']]),
  },
  ...FAULTY_HOLDS,
];

/**
 * The same, found by the probes alone: over HTTP a credential is verified before the ledger is called, and the fault runs
 * neither link an external id to another user nor set the clock back.
 */
export const FAULTY_CHECKS: readonly PlantedFunction[] = [
  {
    name: 'unread-retry',
    bug: 'the credential of a retry is not read',
    breaks: 'a retry tells the first answer of its key to an ended credential, and without one changes nothing',
    plant: (database) =>
      edit(database, 'decide_change', [
        [
          'IF is_valid IS NOT TRUE OR found_user.deleted_at',
          'IF is_valid IS NOT TRUE AND change.retried IS FALSE OR found_user.deleted_at',
        ],
      ]),
  },
  {
    name: 'told-key',
    bug: 'an ended credential is told the first answer of a key',
    breaks: 'an ended credential is not told what stands under a key',
    plant: (database) => edit(database, 'decide_change', [['OR change.retried IS FALSE)', 'OR false)']]),
  },
  {
    name: 'unchecked-link',
    bug: 'the user of an external id is not looked up again under the lock',
    breaks: 'nothing changes for an external id that is linked to another user by the time of the lock',
    plant: (database) => edit(database, 'decide_change', [['IF NOT FOUND THEN', 'IF false THEN']]),
  },
  {
    name: 'decreasing-dates',
    bug: 'an entry has the time of the clock, even before the last entry',
    breaks: 'the dates of a user’s entries never decrease, even if the clock of the database has gone back',
    plant: (database) =>
      edit(database, 'decide_change', [
        ['written_at := greatest(moment, account.last_entry_at)', 'written_at := moment'],
      ]),
  },
  ...UNSEEN_EXPIRY,
];
