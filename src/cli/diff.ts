import { diffModels } from "../diff/diff.ts";
import { readSides } from "../diff/read-sides.ts";
import { exitCodeOf, fail, formatDiagnostic } from "../errors.ts";
import { type FileSource, openPath, readStdin } from "../io/node.ts";
import type { FolderSource } from "../io/open-path.ts";
import { diffText } from "../report/diff-text.ts";
import { readOptions } from "./convert-options.ts";
import { type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { openTerminal } from "./terminal.ts";

/** Runs `kc diff`: 0 when the models are equal, else the exit code of results that should be. */
export async function diff(before: string, after: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  if (before === "-" && after === "-") {
    fail("bad-option", "Only one of both models can come from the standard input.");
  }
  const reading = await readOptions(flags);
  const sources: (FileSource | FolderSource)[] = [];
  try {
    for (const path of [before, after]) {
      sources.push(path === "-" ? await readStdin() : openPath(path));
    }
    const [first, second] = sources;
    if (first === undefined || second === undefined) return fail("internal", "A model is missing.");
    const [a, b] = readSides(first, second, reading);
    const found = diffModels(a.side, b.side);
    const warnings = [...a.warnings, ...b.warnings].map(inFlagWords);
    const { bold, red, yellow, green, dim, say } = openTerminal();
    if (flags.has("json")) {
      const document = { ok: found.equal, before, after, ...found, warnings };
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      for (const warning of warnings) say(`${yellow("warning:")} ${formatDiagnostic(warning)}`);
      const paint = { bold, removed: red, added: green, changed: yellow, dim };
      process.stdout.write(diffText({ before, after }, found, paint));
    }
    return found.equal ? 0 : exitCodeOf("verification");
  } finally {
    for (const source of sources) source.close();
  }
}
