import { edit, editBoth, type PlantedFunction } from './plant.js';

export const FAULTY_HOLDS: readonly PlantedFunction[] = [
  {
    name: 'kept-hold',
    bug: 'a capture forgets to free what was held',
    breaks: 'a capture frees all that was held',
    plant: (database) =>
      edit(database, 'end_hold', [
        [
          'account.held := account.held - hold.points;',
          `account.held := account.held - CASE change.kind WHEN 'RELEASE' THEN hold.points ELSE 0 END;`,
        ],
      ]),
  },
  {
    name: 'ended-by-refusal',
    bug: 'a capture that is refused ends the hold',
    breaks: 'a capture that is refused leaves the hold as it is',
    plant: (database) =>
      edit(database, 'decide_change', [
        [
          '  IF refusal IS NOT NULL THEN',
          `  IF refusal = 'INSUFFICIENT_POINTS' AND hold.number IS NOT NULL THEN
    UPDATE holds h SET state = 'RELEASED', ended_at = moment WHERE h.user_id = account.user_id AND h.number = hold.number;
    account_after := account;
    account_after.held := account.held - hold.points;
  END IF;
$&`,
        ],
      ]),
  },
  {
    name: 'ended-twice',
    bug: 'a hold that has ended can be ended again',
    breaks: 'a hold ends once, also where a change waits for the lock',
    plant: (database) => edit(database, 'decide_change', [[`hold.state <> 'HELD'`, 'false']]),
  },
  {
    name: 'unseen-hold',
    bug: 'spending does not see what is held',
    breaks: 'what is held cannot be spent, and a refusal tells how much that is',
    plant: (database) =>
      edit(database, 'decide_change', [
        ['account.points - account.held + coalesce(freed, 0) + delta < 0', 'account.points + delta < 0'],
      ]),
  },
  {
    name: 'one-leg',
    bug: 'a transfer writes the entry of the user who gives alone',
    breaks: 'a transfer writes two entries that name each other, and so does its reversal',
    plant: (database) =>
      edit(database, 'apply_changes', [['IF (decision.counterpart).user_id IS NOT NULL THEN', 'IF false THEN']]),
  },
];

/** The fault runs do not find these: they cannot tell which clock an end was judged by. */
export const UNSEEN_EXPIRY: readonly PlantedFunction[] = [
  {
    name: 'early-expiry',
    bug: 'whether a hold has expired is decided by the time of before the lock',
    breaks: 'points whose hold expires while the lock is waited for can be spent',
    plant: (database) => editBoth(database, [['moment := clock_timestamp();', 'moment := now();']]),
  },
  {
    name: 'foreign-clock',
    bug: 'whether a hold has expired is decided by another clock, a minute ahead of that of the database',
    breaks: 'a hold stands until its end by the clock of the database',
    plant: (database) =>
      editBoth(database, [['moment := clock_timestamp();', `moment := clock_timestamp() + interval '1 minute';`]]),
  },
  {
    name: 'unread-expiry',
    bug: 'a change does not look whether holds have expired',
    breaks: 'a hold that expires while the lock is waited for is neither captured nor released',
    plant: async (database) => {
      await edit(database, 'change_points', [['IF account.holds_until <= moment THEN', 'IF false THEN']]);
      await edit(database, 'apply_changes', [['IF first_expiry <= moment THEN', 'IF false THEN']]);
    },
  },
];
