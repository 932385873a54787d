/** What the operating system said, in words for a person: "the disk is full (ENOSPC)". */

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full", EDQUOT: "the disk quota is used up", EROFS: "the file system is read-only",
  EACCES: "no permission", EPERM: "no permission", ENAMETOOLONG: "the name is too long",
  ENOENT: "no such file or folder", ENOTDIR: "a part of the path is no folder", EISDIR: "it is a folder",
  ELOOP: "its links lead in a circle", EMFILE: "too many open files", ENFILE: "too many open files",
  EFBIG: "the file would be too large", EIO: "the device reports an error", EBUSY: "it is in use",
};

/** The code of a system error, "" for any other. */
export function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" ? code : "";
}

export function whyNot(error: unknown): string {
  const code = codeOf(error);
  if (code === "") return error instanceof Error ? error.message : String(error);
  return Object.hasOwn(WORDS, code) ? `${WORDS[code]} (${code})` : code;
}
