import type { DestinationStream } from 'pino';
import sonicBoom from 'sonic-boom';

/** Lines are written together: this many, or those of a tenth of a second. */
const LINES_PER_WRITE = 100;
const FLUSH_INTERVAL_MS = 100;

/**
 * Standard output for the log. Many lines go into one write: one write per line took 4 % of the time of a request. The
 * rest is written when the process exits. Where the reader stops reading, 16 MB are buffered and later lines dropped. Not
 * `pino.destination`: it writes once more on exit by itself, which fails where the reader has gone, and measures its whole
 * buffer again with each line.
 */
export function createLogDestination(): DestinationStream {
  let isExiting = false;
  let lines: string[] = [];
  const destination = new sonicBoom.SonicBoom({
    fd: 1,
    sync: false,
    maxLength: 16_000_000,
    retryEAGAIN: () => !isExiting,
  });
  destination.on('error', ignoreClosedPipe);
  const flush = () => {
    if (lines.length > 0) destination.write(lines.join(''));
    lines = [];
  };
  setInterval(flush, FLUSH_INTERVAL_MS).unref();
  process.on('exit', () => {
    isExiting = true;
    try {
      flush();
      destination.flushSync();
    } catch {
      // The reader has gone or has stopped reading; the exit does not wait for it.
    }
  });
  return {
    write: (line) => {
      if (lines.push(line) === LINES_PER_WRITE) flush();
    },
  };
}

/** The reader of standard output, such as `head`, may close it before the process exits. */
export function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
