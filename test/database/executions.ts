/** What PostgreSQL did for each statement of the servers of this process, as its extension auto_explain tells. */
import pg from 'pg';
import type { TestDatabase } from '../support/database.js';

/** A statement that was executed, those within functions too. */
export interface Execution {
  readonly text: string;
  readonly plan: PlanNode;
}

export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  /** Per loop; known where what happened is told. */
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** Makes PostgreSQL tell every connection to a database, from the next one on, what it does; `counts` the rows too. */
export async function explainEverything(
  { query, url }: Pick<TestDatabase, 'query' | 'url'>,
  counts = false,
): Promise<void> {
  const settings = {
    session_preload_libraries: 'auto_explain',
    'auto_explain.log_min_duration': 0,
    'auto_explain.log_nested_statements': 'on',
    'auto_explain.log_format': 'json',
    'auto_explain.log_level': 'notice',
    'auto_explain.log_analyze': counts ? 'on' : 'off',
    'auto_explain.log_timing': 'off',
  };
  const name = new URL(url).pathname.slice(1);
  for (const [setting, value] of Object.entries(settings))
    await query(`alter database ${name} set ${setting} = '${value}'`);
}

/** Collects what connections of this process are told from now on, until `stop`. */
export function collectExecutions(): { readonly executions: Execution[]; stop(): void } {
  const executions: Execution[] = [];
  const { connect } = pg.Client.prototype;
  pg.Client.prototype.connect = function (this: pg.Client, ...args: Parameters<typeof connect>) {
    this.on('notice', ({ message = '' }) => {
      const [, json] = message.split('plan:\n');
      if (json === undefined) return;
      const { 'Query Text': text, Plan: plan } = JSON.parse(json);
      executions.push({ text, plan });
    });
    return connect.apply(this, args);
  } as typeof connect;
  return {
    executions,
    stop: () => {
      pg.Client.prototype.connect = connect;
    },
  };
}

/** The nodes of a plan. */
export function nodesOf(plan: PlanNode): PlanNode[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** The tables that a statement read from their beginning to their end. */
export function tablesRead({ plan }: Execution): string[] {
  return nodesOf(plan).flatMap((node) => (node['Node Type'] === 'Seq Scan' ? (node['Relation Name'] ?? []) : []));
}

/** How many rows and entries of indexes a statement read. */
export function rowsRead({ plan }: Execution): number {
  const scans = nodesOf(plan).filter((node) =>
    /^(Seq|Index|Index Only|Bitmap Heap|Bitmap Index) Scan$/.test(node['Node Type']),
  );
  const each = scans.map(
    (node) =>
      (node['Actual Loops'] ?? 0) *
      ((node['Actual Rows'] ?? 0) +
        (node['Rows Removed by Filter'] ?? 0) +
        (node['Rows Removed by Index Recheck'] ?? 0)),
  );
  return Math.round(each.reduce((sum, rows) => sum + rows, 0));
}
