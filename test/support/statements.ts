import pg from 'pg';
import { onTestFinished, vi } from 'vitest';

/** The statements that this process sends from now on, until the test ends; but for those that a server sends by itself. */
export function watchStatements() {
  const spy = vi.spyOn(pg.Client.prototype, 'query');
  spy.mockClear(); // the test may watch a second time
  onTestFinished(() => spy.mockRestore());
  const queries = () =>
    spy.mock.calls.map(([query]): unknown => query).filter((query) => !OF_WATCH.test(textOf(query)));
  return {
    queries,
    texts: () => queries().map(textOf),
    count: () => queries().length,
    clear: () => void spy.mockClear(),
  };
}

/** A server watches its database, and takes leases of webhooks. */
const OF_WATCH = /webhook_progress|pg_is_in_recovery|pg_walfile_name|scrip_migrations|^select 1$/i;

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : String(Object(query).text);
}
