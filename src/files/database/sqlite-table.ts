/** A query of an SQLite file as a table, by Node's own node:sqlite (22.5 and later). Read only, a row at a time. */
import { UserError } from "../../base/user-error.js";
import { quotable } from "../../base/printable.js";
import type { OpenedTable } from "../opened-table.js";
import { fieldOf, RecordRow } from "../record-row.js";

/** What is used of node:sqlite. */
interface Sqlite {
  DatabaseSync: new (file: string, options: { readOnly: boolean }) => Database;
}

interface Database {
  prepare: (sql: string) => Statement;
  close: () => void;
}

type Record = readonly unknown[] | Readonly<{ [name: string]: unknown }>;

interface Statement {
  setReadBigInts: (whether: boolean) => void;
  all: () => Record[];
  /** Since 22.13. */
  iterate?: () => Iterable<Record>;
  /** Since 22.16: without them a query of no rows has no names, and of two columns of one name the second is seen. */
  columns?: () => { readonly name: string }[];
  setReturnArrays?: (whether: boolean) => void;
}

const LOOKED_AT = 1000;

/**
 * @param query undefined: the only table of the file.
 * @throws UserError where Node has no SQLite, and for a query that fails.
 */
export async function openSqlite(file: string, query: string | undefined): Promise<OpenedTable> {
  const { DatabaseSync } = await sqlite(file);
  const asked = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      // Of SQLite and of Node's own checks, as opposed to a row that its reader refuses.
      if (!/^ERR_/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
      throw new UserError(`${file}: the query failed: ${quotable((error as Error).message, 200)}`);
    }
  };
  const database = asked(() => new DatabaseSync(file, { readOnly: true }));
  try {
    const sql = query ?? `select * from "${asked(() => onlyTable(database, file)).replaceAll("\"", "\"\"")}"`;
    const { names, sample } = asked(() => beginning(database, sql));
    return {
      file,
      format: { kind: "SQLite", query: sql },
      names,
      sample: sample.map((cells) => cells.map((cell) => cell.trim())),
      complete: sample.length < LOOKED_AT,
      rows: (onRow) => {
        const row = new RecordRow();
        let line = 0;
        asked(() => {
          for (const record of records(database, sql)) {
            row.begin(++line);
            if (Array.isArray(record)) for (const value of record) row.add(fieldOf(value));
            else for (const name of names) row.add(fieldOf((record as Readonly<{ [name: string]: unknown }>)[name]));
            onRow(row);
          }
        });
        return Promise.resolve();
      },
      close() {
        database.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The columns' names and the first rows. */
function beginning(database: Database, sql: string): { names: readonly string[]; sample: string[][] } {
  const first: Record[] = [];
  for (const record of records(database, sql)) if (first.push(record) === LOOKED_AT) break;
  const known = database.prepare(sql).columns?.().map(({ name }) => name);
  const names = known ?? Object.keys(first[0] ?? {});
  return { names, sample: first.map((record) => Object.values(record).map(fieldOf)) };
}

/** Ids beyond 2⁵³ stay whole as big integers. */
function records(database: Database, sql: string): Iterable<Record> {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  statement.setReturnArrays?.(true);
  return statement.iterate ? statement.iterate() : statement.all();
}

function onlyTable(database: Database, file: string): string {
  const listing = "select name from sqlite_master where type in ('table', 'view') and name not like 'sqlite_%'";
  const tables = database.prepare(listing).all().map((record) => String(Object.values(record)[0])).sort();
  if (tables.length === 1) return tables[0];
  throw new UserError(`${file}: a database of ${tables.length} tables (${tables.slice(0, 8).join(", ")}), expected ` +
    "to be told what to read: --query \"select user_id, item_id from …\" (and --query titles=\"select …\")");
}

async function sqlite(file: string): Promise<Sqlite> {
  try {
    // By a name that no type checker of older Node types stumbles over.
    return await import(["node", "sqlite"].join(":")) as Sqlite;
  } catch {
    throw new UserError(`${file}: an SQLite database, which Node.js reads from 22.5 on (this is ${process.version}): ` +
      `either a newer Node.js, or sqlite3 -header -csv ${file} "select …" > interactions.csv`);
  }
}
