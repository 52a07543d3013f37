import type { Place } from "../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Findings } from "./finding.ts";
import { isHarmfulSymbol } from "./python-names.ts";

/**
 * Judges a serialised layer or object by its class: byte code, pickles, other models, files. Gives whether it holds
 * byte code, which then is reported once for the whole layer.
 */
export function judgeLayer(object: JsonObject, at: Place, findings: Findings): boolean {
  const { class_name: rawClass } = object;
  if (typeof rawClass !== "string") return false;
  const className = rawClass.slice(rawClass.lastIndexOf(">") + 1);
  const config = isJsonObject(object.config) ? object.config : {};
  if (holdsByteCode(className, config)) {
    findings.add("code/lambda", at, "It holds Python byte code, which Keras runs.");
    return true;
  }
  if (className === "Lambda") {
    findings.add("code/named-function", at, "It calls a function that is not in the file.");
  }
  judgeOthers(className, config, at, findings);
  return false;
}

/** Byte code in the spelling of any generation; see `func_dump` in Keras' `generic_utils.py`, `python_utils.py`. */
function holdsByteCode(className: string, config: JsonObject): boolean {
  if (className === "__lambda__") return true;
  const said = ["function_type", "output_shape_type", "mask_type", "mode_type", "output_mask_type"];
  const inLambda = className === "Lambda" || className === "Merge" || className === "Masking";
  if (inLambda && said.some((key) => config[key] === "lambda")) return true;
  if (className !== "Lambda") return false;
  const { function: body = null, mask = null, output_shape: shape = null } = config;
  return [body, mask, shape].some(isByteCode) || (typeof body === "string" && !NAME.test(body));
}

const NAME = /^[\w.<>]{0,100}$/;

/** `[code, defaults, closure]`, or an object of class `__lambda__`. */
function isByteCode(value: Json): boolean {
  if (isJsonObject(value)) return value.class_name === "__lambda__";
  return isJsonList(value) && typeof value[0] === "string" && value[0].length > 40;
}

function judgeOthers(className: string, config: JsonObject, at: Place, findings: Findings): void {
  const { handle, filepath } = config;
  if (className === "TorchModuleWrapper") {
    findings.add("code/pickle", at, "It holds a pickled PyTorch module.");
  }
  if (className === "TFSMLayer" || className === "SavedModelLayer") {
    const from = typeof filepath === "string" ? ` from "${filepath}"` : "";
    findings.add("code/other-model", at, `It loads a SavedModel${from}.`);
  }
  if (typeof handle === "string" && (className === "KerasLayer" || /^\w+:\/\//.test(handle))) {
    findings.add("code/other-model", at, `It loads the model "${handle}".`);
  }
  if (
    className === "TFOpLambda" ||
    className === "SlicingOpLambda" ||
    className === "ClassMethod"
  ) {
    const { function: symbol } = config;
    if (typeof symbol === "string" && isHarmfulSymbol(symbol)) {
      findings.add("code/file-operation", at, `It calls tf.${symbol}.`);
    }
  }
  const operation = operationOf(config.node_def);
  if (operation !== undefined && isHarmfulSymbol(operation)) {
    findings.add("code/file-operation", at, `It runs the operation ${operation}.`);
  }
  if (className !== "TFSMLayer") judgePaths(config, at, findings);
}

/** Of a `TensorFlowOpLayer`: JSON, or protobuf's text form. */
function operationOf(nodeDef: Json | undefined): string | undefined {
  if (isJsonObject(nodeDef)) return typeof nodeDef.op === "string" ? nodeDef.op : undefined;
  if (typeof nodeDef !== "string") return undefined;
  return /(?:"op"|\bop):\s*"(\w+)"/.exec(nodeDef)?.[1];
}

/**
 * Files that layers of texts and categories read when they are made.
 *
 * @see CVE-2025-12058: StringLookup reads any file or address that its vocabulary names
 */
function judgePaths(config: JsonObject, at: Place, findings: Findings): void {
  for (const key of PATH_KEYS) {
    const path = config[key];
    if (typeof path !== "string" || path === "" || KNOWN_WORDS.has(path)) continue;
    const outside =
      /^(?:[/\\~]|[A-Za-z]:[\\/]|\w+:\/\/)/.test(path) || /(?:^|[/\\])\.\./.test(path);
    findings.add(
      outside ? "code/file-path" : "code/file-name",
      at,
      `Its ${key} is the file "${path.length > 200 ? `${path.slice(0, 200)}…` : path}".`,
    );
  }
}

const PATH_KEYS = [
  "vocabulary",
  "vocabulary_file",
  "idf_weights",
  "filename",
  "file_path",
  "filepath",
  "merges",
  "spe_path",
  "asset_path",
  "weights_path",
] as const;

/** Values of these keys that name no file. */
const KNOWN_WORDS: ReadonlySet<string> = new Set(["imagenet", "none", "None"]);
