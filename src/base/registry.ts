/** Records by name, in the order in which they were registered: one place to ask what there is of a kind. */
import { suggestion } from "./suggest.js";
import { UserError } from "./user-error.js";

/** Records by name: what can be listed, found, or suggested for a misspelt name. */
export class Registry<R extends { readonly name: string }> {
  private readonly records = new Map<string, R>();

  /** @param what what the records are, for messages: "recommender". */
  constructor(private readonly what: string, records: readonly R[]) {
    for (const record of records) this.register(record);
  }

  /** @throws RangeError when the name is taken. */
  register(record: R): void {
    if (this.records.has(record.name)) throw new RangeError(`there is a ${this.what} "${record.name}" already`);
    this.records.set(record.name, record);
  }

  /** @throws UserError with the nearest names. */
  get(name: string): R {
    const record = this.records.get(name);
    if (record) return record;
    const hint = suggestion(name, this.names) || `; there are ${this.names.join(", ")}`;
    throw new UserError(`there is no ${this.what} "${name}"${hint}`);
  }

  get all(): readonly R[] {
    return Array.from(this.records.values());
  }

  get names(): readonly string[] {
    return Array.from(this.records.keys());
  }
}
