/** What the system says about a file that cannot be read, in words that a person can act on. */
import { quotable } from "../../base/printable.js";
import { UserError } from "../../base/user-error.js";

/** The UserError for a known error code, else the error itself. */
export function readError(error: unknown, file: string): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOENT" || code === "ENOTDIR") return new UserError(`${file}: no such file`);
  if (code === "EISDIR") return new UserError(`${file}: is a folder, expected a file`);
  if (code === "EACCES" || code === "EPERM") return new UserError(`${file}: not readable (permission denied)`);
  if (code === "ELOOP") return new UserError(`${file}: its links lead in a circle`);
  if (code === "ENAMETOOLONG") return new UserError(`${quotable(file)}: no such file: the name is too long`);
  if (code === "EIO") return new UserError(`${file}: the disk reports a read error`);
  return error;
}
