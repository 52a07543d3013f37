import { exitCodeOf, formatDiagnostic } from "../errors.ts";
import { isFolder } from "../formats/bytes.ts";
import { coreMLInput } from "../formats/coreml/input.ts";
import { openCoreML } from "../formats/coreml/open.ts";
import { openFile, openPath, readStdin } from "../io/node.ts";
import { readOptions } from "./convert-options.ts";
import { type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { findCoreMLObstacles, findObstacles } from "./obstacles.ts";
import { MLMODEL_TARGET } from "./target-mlmodel.ts";
import { targetNamed } from "./targets.ts";
import { openTerminal } from "./terminal.ts";

/** Runs `kc check`: 0 when nothing stands in the way, else the exit code of an unsupported model. */
export async function check(model: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const target = targetNamed(flags) ?? MLMODEL_TARGET;
  const reading = await readOptions(flags);
  const source = model === "-" ? await readStdin() : openPath(model);
  try {
    const writer = await target.load();
    const coreML = coreMLInput(source);
    const found =
      coreML === undefined
        ? // a folder that is no package: this refuses it by its name
          findObstacles(isFolder(source) ? openFile(model) : source, reading, writer)
        : findCoreMLObstacles(
            openCoreML(coreML).model,
            { inputShapes: reading.inputShapes },
            writer,
          );
    const obstacles = found.obstacles.map(inFlagWords);
    const warnings = found.warnings.map(inFlagWords);
    const ok = obstacles.length === 0;
    if (flags.has("json")) {
      const document = { ok, model: source.name, target: target.name, obstacles, warnings };
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    } else {
      const { bold, red, yellow, green } = openTerminal();
      const lines = [
        ...obstacles.map((obstacle) => `${red("obstacle:")} ${formatDiagnostic(obstacle)}`),
        ...warnings.map((warning) => `${yellow("warning:")} ${formatDiagnostic(warning)}`),
        ok
          ? `${green("nothing stands in the way")}: ${source.name} can become ${target.title}`
          : bold(`${obstacles.length === 1 ? "1 obstacle" : `${obstacles.length} obstacles`}`),
      ];
      process.stdout.write(`${lines.join("\n")}\n`);
    }
    return ok ? 0 : exitCodeOf("unsupported");
  } finally {
    source.close();
  }
}
