/** What the command knows about where its texts go. */
export interface Terminal {
  /** A person is looking at the standard error. */
  readonly interactive: boolean;
  bold(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
  dim(text: string): string;
  /** A line on the standard error. */
  say(text: string): void;
  /** A line that the next one replaces, `""` clears; nothing where nobody looks. */
  progress(text: string): void;
}

/** The terminal of this process: colours only where a person looks and NO_COLOR is not set. */
export function openTerminal(): Terminal {
  const { stderr, env } = process;
  const interactive = stderr.isTTY === true && env.TERM !== "dumb";
  const colours = interactive && (env.NO_COLOR ?? "") === "";
  const paint = (code: number) => (text: string) =>
    colours ? `\u001b[${code}m${text}\u001b[0m` : text;
  let pending = false;
  const clear = () => {
    if (pending) stderr.write("\r\u001b[2K");
    pending = false;
  };
  return {
    interactive,
    bold: paint(1),
    red: paint(31),
    yellow: paint(33),
    green: paint(32),
    dim: paint(2),
    say(text) {
      clear();
      stderr.write(`${text}\n`);
    },
    progress(text) {
      if (!interactive) return;
      clear();
      stderr.write(text);
      pending = text !== "";
    },
  };
}
