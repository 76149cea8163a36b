/**
 * Says on standard error what is done, with the minutes since the start: at a terminal on one line.
 *
 * A signal ends the run with the next step, so that PostgreSQL is stopped and what was written is removed. A second one
 * means nothing: npm passes on what the terminal has sent already.
 */
export function createProgress(): (what: string) => void {
  const startedAt = performance.now();
  const { isTTY } = process.stderr;
  let received: string | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      received = signal;
    });
  }
  return (what) => {
    if (received !== undefined) throw new Error(`The run was ended by ${received}.`);
    const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
    process.stderr.write(isTTY ? `\r\x1b[K${minutes} min: ${what}` : `${minutes} min: ${what}\n`);
  };
}
