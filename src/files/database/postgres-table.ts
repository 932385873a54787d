/**
 * A query of a PostgreSQL server as a table, by the package pg: in one read-only transaction, through a cursor, so that
 * millions of rows pass through the memory of a few thousand.
 */
import { UserError } from "../../base/user-error.js";
import { quotable } from "../../base/printable.js";
import type { OpenedTable } from "../opened-table.js";
import { optionalPackage } from "../optional-package.js";
import { fieldOf, RecordRow } from "../record-row.js";
import { placeName } from "../source/byte-source.js";

/** What is used of pg. */
interface Pg {
  readonly default: {
    readonly Client: new (config: object) => Client;
    readonly types: { readonly getTypeParser: (oid: number, format?: string) => (value: string) => unknown };
  };
}

interface Answer {
  readonly rows: unknown[][];
  readonly fields: readonly { readonly name: string }[];
}

interface Client {
  connect: () => Promise<void>;
  query: (query: string | object) => Promise<Answer>;
  end: () => Promise<void>;
  on: (event: "error", handler: (error: Error) => void) => void;
}

const LOOKED_AT = 1000;
/** Rows a round trip. More gain nothing, fewer cost time on a slow line. */
const ROWS = 20_000;
/** Types that are lists (text[], int[] …): they become lists, all else stays the text that the server sends. */
const LIST_TYPES = new Set([199, 1005, 1007, 1009, 1015, 1016, 1021, 1022, 1231, 2951, 3807]);

export function isPostgres(path: string): boolean {
  return /^postgres(ql)?:\/\//i.test(path);
}

/** @throws UserError when there is no query, no server, no leave, or a mistake in the query. */
export async function openPostgres(url: string, query: string | undefined): Promise<OpenedTable> {
  const name = placeName({ path: url });
  if (query === undefined) {
    throw new UserError(`${name}: a database, expected to be told what to read: ` +
      "--query \"select user_id, item_id, rating from …\" (and --query titles=\"select …\")");
  }
  const { Client, types } = (await optionalPackage<Pg>("pg", `${name}: PostgreSQL`)).default;
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 30_000, application_name: "unknot" });
  // A server that goes away between two queries must not end the process; the next query says it.
  client.on("error", () => undefined);
  const getTypeParser = (oid: number, format?: string): ((value: string) => unknown) =>
    LIST_TYPES.has(oid) ? types.getTypeParser(oid, format) : same;
  const fetch = async (rows: number): Promise<Answer> =>
    client.query({ text: `fetch ${rows} from unknot_rows`, rowMode: "array", types: { getTypeParser } });
  try {
    await client.connect();
    await client.query("begin isolation level repeatable read read only");
    await client.query(`declare unknot_rows no scroll cursor for ${query.trim().replace(/;+$/, "")}`);
    const first = await fetch(LOOKED_AT);
    const names = first.fields.map((field) => field.name);
    return {
      file: name,
      format: { kind: "PostgreSQL", query },
      names,
      sample: first.rows.map((record) => record.map((value) => fieldOf(value).trim())),
      complete: first.rows.length < LOOKED_AT,
      rows: async (onRow) => {
        const row = new RecordRow();
        let line = 0;
        try {
          for (let { rows } = first; rows.length > 0; { rows } = await fetch(ROWS)) {
            for (const record of rows) {
              row.begin(++line);
              for (const value of record) row.add(fieldOf(value));
              onRow(row);
            }
          }
        } catch (error) {
          throw readable(error, name);
        }
      },
      close: () => client.end(),
    };
  } catch (error) {
    await client.end().catch(() => undefined);
    throw readable(error, name);
  }
}

const same = (value: string): string => value;

/** Errors of the server and of the network in words; those of our own code as they are. */
function readable(error: unknown, name: string): unknown {
  if (error instanceof UserError || !(error instanceof Error)) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === undefined && !/timeout|terminated|password|SSL|SASL/i.test(message)) return error;
  const what = code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "ENOENT" ? "there is no server"
    : /^28/.test(code ?? "") ? "the server lets nobody in with these words (PGPASSWORD or the address say the password)"
      : /^(42|22|25|3)/.test(code ?? "") ? "the query failed" : "the connection failed";
  // An AggregateError of both addresses of a host has no message of its own.
  return new UserError(`${name}: ${what}: ${quotable(message || code || "", 200)}`);
}
