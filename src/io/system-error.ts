/** The code of an error of the operating system (`ENOENT`), or `""`. */
export function systemCode(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

/** Its text without the system call and the path, which our messages give themselves. */
export function systemText(error: unknown): string {
  const code = systemCode(error);
  return TEXTS[code] ?? (error instanceof Error ? error.message : String(error));
}

const TEXTS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file would be larger than the system allows",
  EIO: "the device reports an input/output error",
  EISDIR: "it is a folder",
  ELOOP: "too many symbolic links",
  EMFILE: "too many open files",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "it does not exist",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "a part of its path is a file, not a folder",
  EPERM: "the system does not permit it",
  EPIPE: "the program that reads the output has stopped",
  EROFS: "the disk is read-only",
  ETXTBSY: "the file is being executed",
};
