import { createHash, type Hash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join } from "node:path";

const PIECE = 1 << 20;

/** SHA-256 of a file, or of the names and contents of all files in a folder, in hexadecimal. */
export function hashOf(path: string): string {
  const hash = createHash("sha256");
  if (statSync(path).isDirectory()) {
    const names = readdirSync(path, { recursive: true, encoding: "utf8" });
    const files = names.filter((name) => statSync(join(path, name)).isFile()).sort();
    for (const name of files) addFile(hash, name.replaceAll("\\", "/"), join(path, name));
  } else addContent(hash, path);
  return hash.digest("hex");
}

/** SHA-256 of names and contents, in hexadecimal. */
export function hashOfFiles(
  files: readonly { readonly name: string; readonly path: string }[],
): string {
  const hash = createHash("sha256");
  for (const { name, path } of files) addFile(hash, name, path);
  return hash.digest("hex");
}

function addFile(hash: Hash, name: string, path: string): void {
  hash.update(`${name}\0${statSync(path).size}\0`);
  addContent(hash, path);
}

/** Piece by piece, whatever the size. */
function addContent(hash: Hash, path: string): void {
  const file = openSync(path, "r");
  try {
    const piece = new Uint8Array(PIECE);
    for (let read = PIECE; read > 0; ) {
      read = readSync(file, piece);
      hash.update(piece.subarray(0, read));
    }
  } finally {
    closeSync(file);
  }
}
