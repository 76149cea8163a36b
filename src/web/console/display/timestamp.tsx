import { exactTime } from './exact-time.js';

interface TimestampProps {
  /** A date in ISO 8601. */
  at: string;
  /** Whether the exact time follows on the same line, as in a sentence, instead of below. */
  isInline?: boolean;
}

/** A time relative to now, "3 hours ago", with the exact time. */
export function Timestamp({ at, isInline = false }: TimestampProps) {
  const words = relative(Date.parse(at) - Date.now());
  return (
    <time dateTime={at} className="scrip-timestamp" {...(isInline && { 'data-inline': true })}>
      {isInline ? `${words} (${exactTime(at)})` : words}
      {!isInline && <span className="scrip-exact">{exactTime(at)}</span>}
    </time>
  );
}

const UNITS = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

function relative(milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  return unit === 'second'
    ? seconds > 0
      ? 'in a moment'
      : 'just now'
    : format.format(Math.trunc(seconds / size), unit);
}
