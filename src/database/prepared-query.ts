/**
 * A prepared statement whose columns are described once for each connection. `pg` asks for their description with every
 * execution, and makes a parser for each of them again.
 */
import pg from 'pg';

/** A statement. Each name has one text and one `types`; without a name it is prepared with each execution. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  /** How the values of a type are read; as `pg` does unless given. */
  readonly types?: pg.CustomTypesConfig;
}

/** The same statement, for a pooler in transaction mode, which may send a named one where it was not prepared. */
export function withoutName({ name: _, ...statement }: Statement): Statement {
  return statement;
}

/** Values in the order of the columns. */
export type Rows = readonly (readonly unknown[])[];

/** What `pg` has and its types lack. Where an upgrade changes it, test/database/prepared-query.test.ts fails. */
const { prepareValue } = (pg as unknown as { readonly utils: { prepareValue(value: unknown): string | Buffer | null } })
  .utils;
const Query = pg.Query as unknown as new (config: object) => pg.Query & { prepare(connection: pg.Connection): void };

type Parse = (text: string) => unknown;

/** By the name of the statement: a parser for each column. An attribute of a connection, which `pg` makes. */
const described = new WeakMap<pg.Connection, Map<string, readonly Parse[]>>();

/** One execution, for `query` of a connection. It derives from the query of `pg`, as pipelining accepts no other. */
export class PreparedQuery extends Query {
  readonly name: string | undefined;
  readonly text: string;
  readonly values: readonly (string | Buffer | null)[];
  /** `pg` puts its own around it where a timeout is set. */
  callback: (error: Error | null, rows?: Rows) => void;
  readonly #types: pg.CustomTypesConfig;
  readonly #rows: (readonly (string | null)[])[] = [];
  #connection: pg.Connection | undefined;
  #parsers: readonly Parse[] = [];

  constructor(
    { name, text, types = pg.types }: Statement,
    values: readonly unknown[],
    callback: PreparedQuery['callback'],
  ) {
    super({});
    this.name = name;
    this.text = text;
    this.values = values.map(prepareValue);
    this.callback = callback;
    this.#types = types;
  }

  override prepare(connection: pg.Connection): void {
    this.#connection = connection;
    const parsers = this.name === undefined ? undefined : described.get(connection)?.get(this.name);
    if (parsers === undefined) {
      super.prepare(connection);
      return;
    }
    this.#parsers = parsers;
    connection.bind({ statement: this.name, values: [...this.values] }, true);
    connection.execute(null, true);
    connection.sync();
  }

  handleRowDescription({ fields }: { readonly fields: readonly pg.FieldDef[] }): void {
    this.#parsers = fields.map(({ dataTypeID }): Parse => this.#types.getTypeParser(dataTypeID, 'text'));
    if (this.#connection === undefined || this.name === undefined) return;
    const byName = described.get(this.#connection) ?? new Map<string, readonly Parse[]>();
    described.set(this.#connection, byName.set(this.name, this.#parsers));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    this.#rows.push(fields);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    let rows: Rows;
    try {
      rows = this.#rows.map((texts) =>
        texts.map((text, index) => (text === null ? null : this.#parsers[index]?.(text))),
      );
    } catch (error) {
      this.callback(error instanceof Error ? error : new Error('A value could not be parsed.', { cause: error }));
      return;
    }
    this.callback(null, rows);
  }
}
