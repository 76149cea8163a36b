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
  const waiting = new Set<() => void>();
  return {
    isFull: () => waiting.size >= most,
    within: (work, tooLate) =>
      new Promise((resolve, reject) => {
        const end = () => {
          clearTimeout(timer);
          waiting.delete(giveUp);
        };
        const giveUp = () => {
          end();
          resolve(tooLate());
        };
        const timer = setTimeout(giveUp, seconds * 1_000);
        waiting.add(giveUp);
        work.finally(end).then(resolve, reject);
      }),
    giveUp: () => {
      for (const giveUp of [...waiting]) giveUp();
    },
  };
}
