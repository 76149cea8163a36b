import { expect, it, onTestFinished, vi } from 'vitest';
import { Notes } from '../../src/webhooks/notes.js';
import { Turn } from '../../src/webhooks/turn.js';
import { openPool } from '../support/database.js';

const USER = '019a0000-0000-7000-8000-000000000001';

it('The notes of a sender end while the database is away, and with them the turns that wait for one', async () => {
  const { database, close } = openPool('postgres://scrip@127.0.0.1:1/scrip'); // nothing listens there
  onTestFinished(close);
  const failures: unknown[] = [];
  const notes = new Notes({ database, holderId: USER, onFailure: (error) => failures.push(error) });
  const row = {
    webhookId: USER,
    event: 'POINTS_ENTRY',
    subjectId: USER,
    number: 0,
    sequence: 0,
    attempts: 0,
    restarts: 0,
  } as const;
  const turn = new Turn(row);
  turn.delivered = 1;
  const ended = notes.end(turn);
  await vi.waitUntil(() => failures.length > 0);
  await expect(notes.stop()).resolves.toBeUndefined();
  await ended;
  await notes.end(turn); // after the stop it is not written, and does not wait
});
