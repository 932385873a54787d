/**
 * An error that a person can put right: bad input, a wrong option, a damaged file. Its message stands alone (what, got,
 * expected, hint), so the command line prints it without a stack trace.
 */
export class UserError extends Error {
  override readonly name: string = "UserError";
}

/** What `work` returns, or the user's mistake in its place. @throws what is no user's mistake */
export function orError<T>(work: () => T): T | UserError {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

/** The other way round. */
export function orThrow<T>(answer: T | UserError): T {
  if (answer instanceof UserError) throw answer;
  return answer;
}
