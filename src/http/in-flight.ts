/** The requests that are being answered. */
export interface InFlight {
  /** Whether the process has taken on all that it can hold. */
  isFull(): boolean;
  /** What the work comes to or, when it takes too long, what `tooLate` says. The work itself goes on. */
  within<Result>(work: Promise<Result>, tooLate: () => Result): Promise<Result>;
  /** Has everything answered at once, as if it had taken too long. */
  giveUp(): void;
}

interface Waiting {
  /** By the clock of `performance`. */
  readonly untilMs: number;
  giveUp(): void;
}

/** @param options.most how many are held before `isFull`. @param options.seconds how long is too long. */
export function createInFlight({ most, seconds }: { most: number; seconds: number }): InFlight {
  /** In the order in which they came, which is that of their ends: one timer is enough, for whoever came first. */
  const waiting = new Set<Waiting>();
  let isWatched = false;

  const watch = (milliseconds: number) => {
    isWatched = true;
    setTimeout(giveUpLate, milliseconds).unref();
  };
  const giveUpLate = () => {
    isWatched = false;
    const now = performance.now();
    for (const one of waiting) {
      if (one.untilMs > now) return watch(one.untilMs - now);
      one.giveUp();
    }
  };

  return {
    isFull: () => waiting.size >= most,
    within: (work, tooLate) =>
      new Promise((resolve, reject) => {
        const one: Waiting = {
          untilMs: performance.now() + seconds * 1_000,
          giveUp: () => {
            waiting.delete(one);
            resolve(tooLate());
          },
        };
        waiting.add(one);
        if (!isWatched) watch(seconds * 1_000);
        work.finally(() => waiting.delete(one)).then(resolve, reject);
      }),
    giveUp: () => {
      for (const one of waiting) one.giveUp();
    },
  };
}
