import { sql } from 'drizzle-orm';
import type { Database } from '../database/connect.js';
import { tokens, tokenUsage } from './table.js';

/** Records when tokens are used, in memory, and writes the times to the database twice a minute. */
export interface TokenUsage {
  /** Sends no statement. `atSeconds` is by the database's clock, since 1970. */
  note(tokenId: string, atSeconds: number): void;
  /** Writes what is buffered. */
  flush(): Promise<void>;
}

/** A use is visible within a minute: it is buffered for up to half of one, and a statement may take the rest. */
const FLUSH_MS = 30_000;

/**
 * @param onFailure called after a failed write, which the next flush repeats.
 */
export function createTokenUsage(database: Database, onFailure: (error: unknown) => void): TokenUsage {
  let noted = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;

  const note = (tokenId: string, atSeconds: number): void => {
    const known = noted.get(tokenId);
    if (known === undefined || known < atSeconds) noted.set(tokenId, atSeconds);
    timer ??= setTimeout(flush, FLUSH_MS).unref();
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    if (noted.size === 0) return;
    const uses = noted;
    noted = new Map();
    try {
      await write(database, uses);
    } catch (error) {
      onFailure(error);
      for (const [tokenId, atSeconds] of uses) note(tokenId, atSeconds);
    }
  };

  return { note, flush };
}

/** In the order of ids, so that two nodes do not deadlock. */
async function write(database: Database, uses: ReadonlyMap<string, number>): Promise<void> {
  const ids = [...uses.keys()];
  const times = [...uses.values()].map((atSeconds) => new Date(atSeconds * 1_000).toISOString());
  await database.execute(sql`
    insert into ${tokenUsage} (token_id, last_used_at)
    select used.id, used.at
      from unnest(${sql.param(ids)}::uuid[], ${sql.param(times)}::timestamptz[]) as used(id, at)
      join ${tokens} on ${tokens.id} = used.id
     order by used.id
    on conflict (token_id) do update set last_used_at = excluded.last_used_at
     where ${tokenUsage.lastUsedAt} < excluded.last_used_at`);
}
