import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { finalOutcome, type Operation, type Outcome } from '../faults/operation-log.js';
import { openJournal, readJournal } from './journal.js';

it('A journal tells what was answered, and that a request without an answer is open', () => {
  const directory = mkdtempSync(join(tmpdir(), 'scrip-journal-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'journal.jsonl');
  const journal = openJournal(file);
  const done: Outcome = { outcome: 'OK', sequence: 1, delta: 5, balanceAfter: 5 };
  const operation = (key: string): Operation => ({ key, userId: 'u', kind: 'ADD', points: 5, outcomes: [] });
  const [answered, open, refused] = [operation('answered'), operation('open'), operation('refused')];
  for (const each of [answered, open, refused, answered]) journal.sends(each);
  journal.wasTold(answered, { outcome: 'NONE', code: 'UNAVAILABLE' });
  journal.wasTold(answered, done);
  journal.wasTold(refused, { outcome: 'NONE', code: 'UNAVAILABLE' });
  const read = readJournal(file);
  expect(read.map((each) => [each.key, finalOutcome(each).outcome])).toEqual([
    ['answered', 'OK'],
    ['open', 'UNKNOWN'],
    ['refused', 'NONE'],
  ]);
  expect(finalOutcome(read[0] ?? operation('none'))).toMatchObject({ sequence: 1, balanceAfter: 5 });
});
