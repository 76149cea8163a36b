/** A request that the process stop, by Ctrl-C or SIGTERM. */
export interface Interruption {
  /** The signal that came; undefined: none did. */
  signal(): NodeJS.Signals | undefined;
  /** 128 and the number of the signal, as shells have it. */
  exitCode(): number | undefined;
  /** From here on a signal ends the process at once. */
  release(): void;
}

/**
 * Runs work whose every step an abort undoes: Ctrl-C and SIGTERM abort it, and the process ends with the code of the signal once
 * it has cleaned up. Work that was complete before stays so.
 */
export async function untilInterrupted(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  let caught: NodeJS.Signals | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    caught ??= signal;
    stop.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  try {
    await work(stop.signal);
  } catch (error) {
    if (caught === undefined) throw error;
    process.exitCode = EXIT_CODES[caught];
    process.stderr.write('Interrupted. Nothing is left of it.\n');
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  }
}

const EXIT_CODES: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 };

/** Within this time a second signal is the same request: a terminal sends Ctrl-C to npm too, which passes it on. */
const SAME_REQUEST_MS = 500;

/** Lets a command finish what it is doing when it is asked to stop. A second signal ends it at once. */
export function catchInterruption(): Interruption {
  let caught: NodeJS.Signals | undefined;
  let caughtAt = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    if (caught !== undefined && performance.now() - caughtAt > SAME_REQUEST_MS) process.exit(EXIT_CODES[signal]);
    caughtAt = caught === undefined ? performance.now() : caughtAt;
    caught ??= signal;
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    signal: () => caught,
    exitCode: () => caught && EXIT_CODES[caught],
    release: () => process.off('SIGINT', onSignal).off('SIGTERM', onSignal),
  };
}
