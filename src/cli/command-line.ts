/** This command as it would be typed into a shell. */
export function commandLine(): string {
  return `kc ${process.argv.slice(2).map(quoted).join(" ")}`;
}

function quoted(word: string): string {
  return /^[\w./:=,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
