import { InvalidArgumentError } from 'commander';

const MILLISECONDS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Creates a parser of durations such as `30m`, for an option. It returns milliseconds, of whole seconds. */
export function parseDuration(maxDays: number): (text: string) => number {
  return (text) => {
    const [, count, unit] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
    // The pattern admits no other unit.
    const milliseconds = Number(count) * MILLISECONDS[unit as keyof typeof MILLISECONDS];
    if (milliseconds > 0 && milliseconds <= maxDays * MILLISECONDS.d) return milliseconds;
    throw new InvalidArgumentError(`Write 30d, 12h, 15m or 45s, and at most ${maxDays}d.`);
  };
}
