/** The requests that are being answered. */
export interface InFlight {
  /** Whether the process has taken on all that it can hold. */
  isFull(): boolean;
  /** What the work comes to or, when it takes too long, what `tooLate` says. The work itself goes on. */
  within<Result>(work: Promise<Result>, tooLate: () => Result): Promise<Result>;
  /** Has everything answered at once, as if it had taken too long. */
  giveUp(): void;
}

/** @param options.most how many are held before `isFull`. @param options.seconds how long is too long. */
export function createInFlight({ most, seconds }: { most: number; seconds: number }): InFlight {
  const door = new Place(Number.POSITIVE_INFINITY, () => {});
  let count = 0;
  let isWatched = false;

  const watch = (milliseconds: number) => {
    isWatched = true;
    setTimeout(giveUpLate, milliseconds).unref();
  };
  const giveUpLate = () => {
    isWatched = false;
    const now = performance.now();
    while (door.next.untilMs <= now) door.next.giveUp(); // the door itself has no end
    if (door.next !== door) watch(door.next.untilMs - now);
  };
  const leave = (place: Place) => {
    if (place.next === place) return;
    place.leave();
    count -= 1;
  };

  return {
    isFull: () => count >= most,
    within: (work, tooLate) =>
      new Promise((resolve, reject) => {
        const place = new Place(performance.now() + seconds * 1_000, () => {
          leave(place);
          resolve(tooLate());
        });
        place.queueAt(door);
        count += 1;
        if (!isWatched) watch(seconds * 1_000);
        work.then(
          (result) => {
            leave(place);
            resolve(result);
          },
          (error: unknown) => {
            leave(place);
            reject(error);
          },
        );
      }),
    giveUp: () => {
      while (door.next !== door) door.next.giveUp();
    },
  };
}

/**
 * A place in a circle, in the order of arrival, which is that of the ends: one timer is enough, for whoever came first.
 * Who has left stands alone.
 *
 * A Set would say the same, but makes its table anew every few changes, and each old table leads to the next: once the
 * collector of young objects has met one twice, it keeps all that came after. At 64 connections that were 2 MB of every
 * 25, and collecting took 8 ms instead of 2.
 */
class Place {
  /** By the clock of `performance`. */
  readonly untilMs: number;
  readonly giveUp: () => void;
  next: Place = this;
  #last: Place = this;

  constructor(untilMs: number, giveUp: () => void) {
    this.untilMs = untilMs;
    this.giveUp = giveUp;
  }

  /** Stands behind whoever came last to the door. */
  queueAt(door: Place): void {
    this.next = door;
    this.#last = door.#last;
    door.#last.next = this;
    door.#last = this;
  }

  leave(): void {
    this.#last.next = this.next;
    this.next.#last = this.#last;
    this.next = this;
    this.#last = this;
  }
}
