/** A signal that follows this soon is the same request: Ctrl-C reaches npm and the server, and npm passes it on. */
const REPEATED_WITHIN_MS = 500;

export type StopSignal = NodeJS.Signals | 'disconnect';

/**
 * Waits for the first request to stop: SIGTERM, SIGINT, or the end of a parent process that holds an IPC channel. The
 * process then has `graceSeconds()` to exit before `onTimeout` is called. A second request calls `onRepeat`.
 */
export function waitForStop(
  graceSeconds: () => number,
  { onTimeout, onRepeat }: { readonly onTimeout: () => void; readonly onRepeat: () => void },
): Promise<StopSignal> {
  return new Promise((resolve) => {
    let requestedAt: number | undefined;
    const request = (signal: StopSignal) => {
      if (requestedAt !== undefined) {
        if (performance.now() - requestedAt > REPEATED_WITHIN_MS) onRepeat();
        return;
      }
      requestedAt = performance.now();
      setTimeout(onTimeout, graceSeconds() * 1_000).unref();
      resolve(signal);
    };
    process.on('SIGTERM', request).on('SIGINT', request);
    process.on('disconnect', () => request('disconnect'));
  });
}
