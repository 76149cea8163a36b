import { BadUserInput } from '../errors.js';
import type { ImportedChange } from './parse-import.js';

/** A line of a file with the ids of its users. */
export interface ImportLine {
  readonly imported: ImportedChange;
  readonly userId: string;
  /** Whom the line gives points to; null: it is no transfer, or its counterpart tells the user. */
  readonly receiverId: string | null;
}

/** A change to make, of one line or of the two of a pair. */
export interface ImportStep {
  readonly lines: readonly ImportLine[];
  /** The users in whose order it stands. */
  readonly userIds: readonly string[];
}

interface Step extends ImportStep {
  readonly lines: ImportLine[];
  readonly userIds: string[];
  /** The users before whose next line it is not yet. */
  missing: number;
}

/** A line in the order of one of its users. */
interface Node {
  readonly step: Step;
  readonly line: ImportLine;
  next: Node | undefined;
}

/** The lines of an export take 1.4 kB each. */
const MAX_WAITING = 1_000_000;

/**
 * Puts the changes of a file into an order in which they can be made: those of each user in the order of the file. A change
 * between two users waits until it is the next one of both, and so do the lines behind it.
 *
 * In an export the lines of each user follow each other, so that a pair waits for the lines of its second user. Entries were
 * written one after the other, so that some change of a complete export can always be made.
 */
export class ImportOrder {
  readonly #maxWaiting: number;
  readonly #queues = new Map<string, { first: Node; last: Node }>();
  /** Steps that lack the other line of their pair, by the key of the line that they have. */
  readonly #incomplete = new Map<string, Step>();
  #ready: Step[] = [];
  #waiting = 0;

  constructor(maxWaiting = MAX_WAITING) {
    this.#maxWaiting = maxWaiting;
  }

  add(line: ImportLine): void {
    const step = this.#stepOf(line);
    step.lines.push(line);
    this.#waiting++;
    this.#enqueue(line.userId, { step, line, next: undefined });
    if (line.receiverId !== null) this.#enqueue(line.receiverId, { step, line, next: undefined });
  }

  /**
   * Takes the changes that can be made, up to a number.
   *
   * @throws BadUserInput where none can be made, and more lines wait than the memory may hold.
   */
  take(max: number): ImportStep[] {
    const taken: ImportStep[] = [];
    while (taken.length < max && this.#ready.length > 0) {
      const steps = this.#ready.splice(0, max - taken.length);
      for (const step of steps) this.#remove(step);
      taken.push(...steps);
    }
    if (taken.length === 0 && this.#waiting > this.#maxWaiting) throw tooManyWait(this.#maxWaiting);
    return taken;
  }

  /** The lines that still wait, each with the reason. */
  waiting(): Map<ImportLine, string> {
    const reasons = new Map<ImportLine, string>();
    for (const [userId, { first }] of this.#queues) {
      for (let node: Node | undefined = first; node !== undefined; node = node.next) {
        reasons.set(node.line, this.#reasonFor(node, userId));
      }
    }
    return reasons;
  }

  #stepOf({ userId, receiverId, imported: { idempotencyKey, counterpartKey } }: ImportLine): Step {
    if (counterpartKey === null) return { lines: [], userIds: [], missing: receiverId === null ? 1 : 2 };
    const other = this.#incomplete.get(counterpartKey);
    const [line] = other?.lines ?? [];
    if (other !== undefined && line?.imported.counterpartKey === idempotencyKey && line.userId !== userId) {
      this.#incomplete.delete(counterpartKey);
      return other;
    }
    const step = { lines: [], userIds: [], missing: 2 };
    // Of two lines with one key the second finds no other half: it is reported in the end.
    if (!this.#incomplete.has(idempotencyKey)) this.#incomplete.set(idempotencyKey, step);
    return step;
  }

  #enqueue(userId: string, node: Node): void {
    node.step.userIds.push(userId);
    const queue = this.#queues.get(userId);
    if (queue !== undefined) {
      queue.last.next = node;
      queue.last = node;
      return;
    }
    this.#queues.set(userId, { first: node, last: node });
    this.#reachFirst(node);
  }

  #reachFirst({ step }: Node): void {
    step.missing--;
    if (step.missing === 0) this.#ready.push(step);
  }

  #remove({ lines, userIds }: Step): void {
    this.#waiting -= lines.length;
    for (const userId of userIds) {
      const queue = this.#queues.get(userId);
      const next = queue?.first.next;
      if (queue === undefined || next === undefined) this.#queues.delete(userId);
      else {
        queue.first = next;
        this.#reachFirst(next);
      }
    }
  }

  #reasonFor({ step, line }: Node, userId: string): string {
    const { counterpartKey } = line.imported;
    if (counterpartKey !== null && step.lines.length === 1) {
      return `No line of another user has the other entry of this pair, ${counterpartKey}, so that none of the two was made.`;
    }
    const blocking = [userId, ...step.userIds]
      .map((id) => this.#queues.get(id)?.first)
      .find((first) => first !== undefined && first.step !== step);
    return `It comes after the line with the key ${blocking?.line.imported.idempotencyKey}, which could not be done.`;
  }
}

function tooManyWait(max: number): BadUserInput {
  return new BadUserInput(
    'file',
    `More than ${max} lines wait for transfers whose other line comes later in the file, which is as many as an import keeps in memory.`,
  );
}
