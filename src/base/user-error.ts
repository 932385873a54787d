/**
 * An error that a person can put right: bad input, a wrong option, a damaged file. Its message stands alone (what, got,
 * expected, hint), so the command line prints it without a stack trace.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
}
