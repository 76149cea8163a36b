/** A moment as people say it, "3 hours ago"; the exact one shows when it is pointed at. */
export function Moment({ at }: { at: string }) {
  const date = new Date(at);
  return (
    <time dateTime={at} title={date.toLocaleString()} className="scrip-moment">
      {relative(date.getTime() - Date.now())}
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
