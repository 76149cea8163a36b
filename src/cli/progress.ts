/** Shows the progress of a long command. */
export interface Progress {
  /** @param share from 0 to 1 */
  show(share: number, label: string): void;
  /** Removes it from the terminal, so that something else can be printed. */
  clear(): void;
}

const WIDTH = 30;
const PAUSE_MS = 100;

/** A bar on standard error, for a person at a terminal; nothing where standard error is a file or a pipe. */
export function createProgress(): Progress {
  const { stderr } = process;
  if (!stderr.isTTY) return { show: () => {}, clear: () => {} };
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (share, label) => {
      if (performance.now() - shownAt < PAUSE_MS) return;
      shownAt = performance.now();
      const done = Math.round(Math.min(share, 1) * WIDTH);
      const bar = '█'.repeat(done) + '░'.repeat(WIDTH - done);
      stderr.write(`\r${bar} ${Math.floor(share * 100)} %  ${label}\x1b[K`);
    },
    clear: () => {
      shownAt = Number.NEGATIVE_INFINITY;
      stderr.write('\r\x1b[K');
    },
  };
}
