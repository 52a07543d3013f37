import { type Diagnostic, formatDiagnostic, KcError } from "../errors.ts";
import { type ByteFolder, type ByteSource, isFolder } from "../formats/bytes.ts";
import { coreMLInput } from "../formats/coreml/input.ts";
import { isOnnxModel } from "../formats/detect.ts";
import { recognise } from "../image/recognise.ts";
import { openFile, openPath, readStdin } from "../io/node.ts";
import type { Graph, GraphPort } from "../ir/graph.ts";
import { coreMLInspectionText } from "../report/coreml-inspection-text.ts";
import type { Inspection, ModelFacts, PortFacts } from "../report/inspection.ts";
import { inspectionText } from "../report/inspection-text.ts";
import { type ReadKerasOptions, readKeras } from "../sources/keras/index.ts";
import { inspectKeras } from "../sources/keras/inspect.ts";
import type { OptimizerSlot } from "../sources/keras/optimizer-state.ts";
import { readOptions } from "./convert-options.ts";
import { type FlagReader, type RawFlags, readFlags } from "./flag-reader.ts";
import { inFlagWords } from "./flag-words.ts";
import { inspectContainer } from "./inspect-container.ts";
import { openTerminal } from "./terminal.ts";

/** Runs `kc inspect`. Throws `KcError` when the file is no container of arrays; the exit code is 0 when it returns. */
export async function inspect(file: string, raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const reading = await readOptions(flags);
  const what = { statistics: raw.stats !== false, tree: flags.has("tree") };
  const opened = file === "-" ? await readStdin() : openPath(file);
  try {
    const coreML = coreMLInput(opened);
    if (coreML !== undefined) return await showCoreML(coreML, what, flags);
    if (!isFolder(opened) && isOnnxModel(opened)) {
      const { inspectOnnx } = await import("./inspect-onnx.ts");
      return show(inspectOnnx(opened, what), flags);
    }
    // A folder that is no package: this refuses it by its name.
    const source = isFolder(opened) ? openFile(file) : opened;
    const found = inspectContainer(source, what);
    const inspection: Inspection = {
      file: source.name,
      bytes: source.size,
      ...found,
      ...modelPart(source, reading),
    };
    return show(inspection, flags);
  } finally {
    opened.close();
  }
}

function show(inspection: Inspection, flags: FlagReader): number {
  if (flags.has("json")) {
    process.stdout.write(`${JSON.stringify({ ok: true, ...inspection }, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(inspectionText(inspection));
  showWarnings(inspection.warnings);
  return 0;
}

async function showCoreML(
  input: ByteSource | ByteFolder,
  what: { readonly statistics: boolean; readonly tree: boolean },
  flags: FlagReader,
): Promise<number> {
  const { inspectCoreML } = await import("./inspect-coreml.ts");
  const inspection = inspectCoreML(input, what);
  if (flags.has("json")) {
    process.stdout.write(`${JSON.stringify({ ok: true, ...inspection }, null, 2)}\n`);
    return 0;
  }
  process.stdout.write(coreMLInspectionText(inspection));
  showWarnings(inspection.warnings);
  return 0;
}

function showWarnings(warnings: readonly Diagnostic[]): void {
  const terminal = openTerminal();
  for (const warning of warnings) {
    terminal.say(`${terminal.yellow("warning:")} ${formatDiagnostic(warning)}`);
  }
}

type ModelPart = Pick<
  Inspection,
  "keras" | "inputs" | "outputs" | "preprocessing" | "problems" | "warnings"
>;

/** What can be said about the model; what cannot be read becomes a problem instead of an error. */
function modelPart(source: ByteSource, options: ReadKerasOptions): ModelPart {
  const nothing = { inputs: [], outputs: [], warnings: [] };
  const facts = attempt(() => inspectKeras(source, options));
  if ("problems" in facts) return { ...nothing, problems: facts.problems };
  const { form, version, backend, name, className, layers, classes, training } = facts.value;
  const optimizer = facts.value.optimizer;
  const keras: ModelFacts = {
    form,
    version,
    backend,
    name,
    class: className,
    layers,
    classes,
    ...(training === undefined ? {} : { training }),
    ...(optimizer.length === 0 ? {} : { optimizer: optimizerFacts(optimizer) }),
  };
  const read = attempt(() => readKeras(source, options));
  if ("problems" in read) return { ...nothing, keras, problems: read.problems };
  const { graph, warnings } = read.value;
  const { kind, preset, why } = recognise(graph);
  return {
    keras,
    inputs: graph.inputs.map((port) => portFacts(port, graph)),
    outputs: graph.outputs.map((port) => portFacts(port, graph)),
    preprocessing: { preset: kind === "unknown" ? "not recognised" : preset.name, why },
    problems: [],
    warnings: warnings.map(inFlagWords),
  };
}

function attempt<T>(
  read: () => T,
): { readonly value: T } | { readonly problems: readonly Diagnostic[] } {
  try {
    return { value: read() };
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    return { problems: error.diagnostics.map(inFlagWords) };
  }
}

function portFacts({ name, value }: GraphPort, graph: Graph): PortFacts {
  const { shape = [], dtype = "" } = graph.types.get(value) ?? {};
  return { name, shape, dtype };
}

/** The step counter is a scalar called iteration or iterations; in state files, the first one. */
function optimizerFacts(slots: readonly OptimizerSlot[]): NonNullable<ModelFacts["optimizer"]> {
  const counter =
    slots.find(({ name, count }) => count === 1 && /(^|\/)iterations?(:0)?$/.test(name)) ??
    slots.find(({ name, count, dtype }) => name === "0" && count === 1 && dtype.startsWith("int"));
  const target = new Float64Array(1);
  counter?.dataset.readInto(target, 0);
  return {
    arrays: slots.length,
    count: slots.reduce((sum, slot) => sum + slot.count, 0),
    bytes: slots.reduce((sum, slot) => sum + slot.bytes, 0),
    iterations: counter === undefined ? null : (target[0] ?? null),
  };
}
