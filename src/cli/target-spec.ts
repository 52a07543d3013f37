import type { Diagnostic } from "../errors.ts";
import type { OutputBytes } from "../formats/bytes.ts";
import type { Graph } from "../ir/graph.ts";
import type { ModelStatement } from "../ir/model-statement.ts";
import type { TracedModel } from "../sources/keras/traced-model.ts";
import type { TargetFacts } from "./conversion-report.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { VerificationReport } from "./verify-report.ts";

/** Something that a model can become, as the command line knows it before it loads any of its code. */
export interface TargetSpec {
  /** The word of `--to`. */
  readonly name: string;
  /** For messages: `Core ML (.mlmodel)`. */
  readonly title: string;
  /** How an output of this kind is recognised. */
  readonly pattern: RegExp;
  /** What to give as output: `a name that ends in .mlmodel`. */
  readonly expected: string;
  /** Options of `kc convert`, in camel case, that mean something here; those for reading and of the command always do. */
  readonly options: readonly string[];
  /** Whether it can hold pictures, labels and metadata, so that those of a Core ML file are carried over. */
  readonly holdsStatement?: true;
  /** Whether the result is one file, which the standard output can take, or a folder. */
  readonly form: "file" | "folder";
  /** Of a folder: whether a file in it may be an older result, which `--force` replaces. */
  replaces?(name: string): boolean;
  load(): Promise<TargetWriter>;
}

/** The code of a target. */
export interface TargetWriter {
  /** Reads and checks the options, before the model is read. Throws `bad-option`, and what verifying lacks. */
  plan(flags: FlagReader): ConversionPlan | Promise<ConversionPlan>;
  /**
   * Converts without any options, placeholders for unknown layers allowed, and gives the warnings. Throws `unsupported` with all that
   * stands in the way. Reads no weight.
   */
  check(graph: Graph): readonly Diagnostic[];
  /** Of a target that takes a file of Keras itself and not the graph made of it: the same as `plan`. */
  planKeras?(flags: FlagReader): (traced: TracedModel, output: string) => ConvertedModel;
  /** The same as `check` of such a target. */
  checkKeras?(traced: TracedModel): readonly Diagnostic[];
}

/**
 * Converts a graph; `output` is the path as the user gave it, or `-`, and `statement` what the file says beside its
 * mathematics.
 */
export type ConversionPlan = (
  graph: Graph,
  output: string,
  statement?: ModelStatement,
) => ConvertedModel;

/** A result, ready to be written. */
export interface ConvertedModel {
  /** In the order in which they are written: the one that people open comes last. */
  readonly files: readonly ConvertedFile[];
  readonly facts: TargetFacts;
  readonly warnings: readonly Diagnostic[];
  /** For `--verify`: compares what was written with the graph it was made of. `name` is that of the Keras file. */
  verify(
    name: string,
    progress: (text: string) => void,
  ): Promise<VerificationReport> | VerificationReport;
}

/** One file of a result. */
export interface ConvertedFile {
  /** Where it goes; `-` for the standard output. In a folder: its name there. */
  readonly path: string;
  readonly bytes: OutputBytes;
}
