/** Says on standard error what is done, with the minutes since the start: on a line of its own, or at a terminal on one. */
export function createProgress(): (what: string) => void {
  const startedAt = performance.now();
  const { isTTY } = process.stderr;
  return (what) => {
    const minutes = ((performance.now() - startedAt) / 60_000).toFixed(1);
    process.stderr.write(isTTY ? `\r\x1b[K${minutes} min: ${what}` : `${minutes} min: ${what}\n`);
  };
}
