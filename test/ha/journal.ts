/** What the clients asked for and were told, in a file: it is on disk before a request is sent, and after its answer. */
import { fdatasyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Operation, Outcome } from '../faults/operation-log.js';

type Line =
  | { readonly sends: Omit<Operation, 'outcomes'>; readonly at: number }
  | { readonly key: string; readonly outcome: Outcome; readonly at: number };

export interface Journal {
  sends(operation: Operation): void;
  wasTold(operation: Operation, outcome: Outcome): void;
}

export function openJournal(file: string): Journal {
  const handle = openSync(file, 'a');
  const write = (line: Line) => {
    writeSync(handle, `${JSON.stringify(line)}\n`);
    fdatasyncSync(handle);
  };
  return {
    sends: ({ outcomes: _, ...sends }) => write({ sends, at: Date.now() }),
    wasTold: ({ key }, outcome) => write({ key, outcome, at: Date.now() }),
  };
}

/** The operations of a journal with all that was told of each. One that was sent more often than answered is told UNKNOWN as well. */
export function readJournal(file: string): Operation[] {
  const operations = new Map<string, Operation & { unanswered: number }>();
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    if (text === '') continue;
    const line = JSON.parse(text) as Line; // as it was written above
    if ('sends' in line) {
      const known = operations.get(line.sends.key) ?? { ...line.sends, outcomes: [], unanswered: 0 };
      known.unanswered++;
      operations.set(line.sends.key, known);
      continue;
    }
    const operation = operations.get(line.key);
    if (operation === undefined) throw new Error(`The journal has an answer to ${line.key}, which was never sent.`);
    operation.unanswered--;
    operation.outcomes.push({ afterMs: 0, ...line.outcome });
  }
  for (const { unanswered, outcomes } of operations.values()) {
    if (unanswered > 0) outcomes.push({ afterMs: 0, outcome: 'UNKNOWN' });
  }
  return [...operations.values()];
}
