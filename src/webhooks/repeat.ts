import { setTimeout as delay } from 'node:timers/promises';

/** Work that is repeated until it is stopped. */
export interface Repeated {
  /** Ends the pause: the next run follows at once. */
  skipPause(): void;
  /** Begins no more runs, and waits for the one in flight. */
  stop(): Promise<void>;
}

/**
 * Runs work again and again, the first time at once. A run that fails is reported, and the next one follows as usual.
 *
 * @param work returns the pause until the next run, in milliseconds.
 * @param failurePauseMs the pause after a failed run.
 */
export function repeat(
  work: () => Promise<number>,
  { failurePauseMs, onError }: { readonly failurePauseMs: number; readonly onError: (error: unknown) => void },
): Repeated {
  let isStopped = false;
  let pause = new AbortController();

  const run = async (): Promise<void> => {
    while (!isStopped) {
      pause = new AbortController();
      const milliseconds = await work().catch((error: unknown) => {
        onError(error);
        return failurePauseMs;
      });
      if (isStopped) return;
      await delay(milliseconds, undefined, { signal: pause.signal, ref: false }).catch(() => {});
    }
  };
  const running = run();
  return {
    skipPause: () => pause.abort(),
    stop: async () => {
      isStopped = true;
      pause.abort();
      await running;
    },
  };
}
