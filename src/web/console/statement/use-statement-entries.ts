import { useEffect, useState } from 'react';
import { CombinedError, useClient } from 'urql';
import { StatementEntriesDocument, type StatementEntriesQuery, type StatementEntryFragment } from '../../generated.js';
import { readPages } from '../api/read-pages.js';

const PAGE_SIZE = 100;

/** A longer statement is neither read nor printed in reasonable time. */
const MAX_ENTRIES = 1_000;

export type StatementEntries =
  | { readonly kind: 'READING'; readonly count: number }
  /** Oldest first; the latest {@link MAX_ENTRIES} if there are more. */
  | { readonly kind: 'READ'; readonly entries: readonly StatementEntryFragment[] }
  | { readonly kind: 'FAILED'; readonly error: CombinedError };

const NOTHING_READ: StatementEntries = { kind: 'READING', count: 0 };

interface Selection {
  readonly userId: string;
  readonly since: string;
  readonly until: string;
}

/** Reads the entries of a statement page by page, and again after `attempt` has changed. */
export function useStatementEntries({ userId, since, until }: Selection, attempt: number): StatementEntries {
  const client = useClient();
  const selected = `${userId} ${since} ${until}`;
  const [read, setRead] = useState<{ selected: string; state: StatementEntries }>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `selected` stands for its parts; another attempt reads the same.
  useEffect(() => {
    let isStopped = false;
    const show = (next: StatementEntries) => {
      if (!isStopped) setRead({ selected, state: next });
    };
    const readAll = async () => {
      const source = {
        query: StatementEntriesDocument,
        variables: (after: string | null) => ({ id: userId, since, until, first: PAGE_SIZE, after }),
        page: ({ user }: StatementEntriesQuery) => user?.pointsHistory,
      };
      const entries: StatementEntryFragment[] = [];
      for await (const { nodes } of readPages(client, source)) {
        entries.push(...nodes);
        if (isStopped || entries.length >= MAX_ENTRIES) break;
        show({ kind: 'READING', count: entries.length });
      }
      show({ kind: 'READ', entries: entries.slice(0, MAX_ENTRIES).reverse() });
    };
    show(NOTHING_READ);
    readAll().catch((error: unknown) => {
      if (!(error instanceof CombinedError)) throw error;
      show({ kind: 'FAILED', error });
    });
    return () => {
      isStopped = true;
    };
  }, [client, selected, attempt]);
  return read?.selected === selected ? read.state : NOTHING_READ;
}
