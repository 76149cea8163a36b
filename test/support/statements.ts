import pg from 'pg';
import { vi } from 'vitest';

/** The statements that this process sends, until `stop`; but for those by which a server watches its database. */
export function watchStatements() {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  const queries = () =>
    spy.mock.calls.map(([query]): unknown => query).filter((query) => !OF_WATCH.test(textOf(query)));
  return {
    queries,
    count: () => queries().length,
    clear: () => void spy.mockClear(),
    stop: () => spy.mockRestore(),
  };
}

const OF_WATCH = /pg_is_in_recovery|pg_walfile_name|scrip_migrations|^select 1$/i;

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : String(Object(query).text);
}
