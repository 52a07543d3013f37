import { fail } from "../../errors.ts";
import {
  checkOptions,
  FLAG,
  LABELS,
  NAME,
  NAMES,
  type OptionCheck,
  oneOf,
  TEXT,
  TEXTS,
} from "../option-checks.ts";

/** How an ONNX model is written, and what it says of itself. All optional. */
export interface OnnxOptions {
  /** Default: the names in Keras. */
  readonly inputNames?: readonly string[];
  readonly outputNames?: readonly string[];
  /** Inputs, by their names in the ONNX model, that are given channels first although Keras has them last. */
  readonly inputsAsNchw?: readonly string[];
  /** How weights are stored; everything is computed in float32. Default `float32`. */
  readonly modelPrecision?: "float32" | "float16";
  /** Weights go to a file of their own, as they do by themselves when the model would exceed 2 GB. */
  readonly externalData?: boolean;
  /** Name of that file, which must lie beside the model. Default `model.onnx.data`. */
  readonly dataFile?: string;
  /** One label for each score, in their order; kept in the metadata as `class_labels`. */
  readonly classLabels?: readonly string[] | readonly number[];
  readonly author?: string;
  readonly license?: string;
  readonly shortDescription?: string;
  readonly modelVersion?: string;
  /** Free keys of the metadata. */
  readonly userDefined?: Readonly<Record<string, string>>;
  readonly inputDescriptions?: Readonly<Record<string, string>>;
  readonly outputDescriptions?: Readonly<Record<string, string>>;
}

/** The same with defaults. */
export type Settings = OnnxOptions & Required<Pick<OnnxOptions, keyof typeof DEFAULTS>>;

const DEFAULTS = {
  modelPrecision: "float32",
  externalData: false,
  dataFile: "model.onnx.data",
  inputsAsNchw: [],
} as const satisfies OnnxOptions;

/** Checks every option by itself. Throws `bad-option`. */
export function parseOptions(options: OnnxOptions): Settings {
  checkOptions(options, CHECKS, "writeOnnx");
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings = { ...DEFAULTS, ...Object.fromEntries(given) };
  if (/[/\\]/.test(settings.dataFile)) {
    fail("bad-option", `dataFile is "${settings.dataFile}", expected a name without folders.`);
  }
  return settings;
}

const CHECKS: ReadonlyMap<string, OptionCheck> = new Map<string, OptionCheck>([
  ["inputNames", NAMES],
  ["outputNames", NAMES],
  ["inputsAsNchw", NAMES],
  ["modelPrecision", oneOf("float32", "float16")],
  ["externalData", FLAG],
  ["dataFile", NAME],
  ["classLabels", LABELS],
  ["author", TEXT],
  ["license", TEXT],
  ["shortDescription", TEXT],
  ["modelVersion", TEXT],
  ["userDefined", TEXTS],
  ["inputDescriptions", TEXTS],
  ["outputDescriptions", TEXTS],
]);
