import type { Place } from "../errors.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import { kindOfBase64 } from "./bytes-kind.ts";
import type { Findings } from "./finding.ts";
import { judgeLayer } from "./layer-code.ts";
import { judgePythonName } from "./python-names.ts";

/**
 * Looks through an architecture, or any JSON that Keras reads, for what it would import, run or read. Nothing is
 * assumed of its form, so that what no Keras writes is judged too.
 */
export function scanConfig(json: Json, findings: Findings): void {
  const waiting: Visit[] = [{ value: json, path: "", layer: undefined, depth: 0, lambda: false }];
  for (let visit = waiting.pop(); visit !== undefined; visit = waiting.pop()) {
    if (visit.depth > MAX_DEPTH) {
      findings.add("config/too-deep", { path: cut(visit.path) }, `JSON nested ${MAX_DEPTH} deep.`);
      continue;
    }
    waiting.push(...look(visit, findings).toReversed());
  }
}

/** Far deeper than nested models and wrappers go. */
const MAX_DEPTH = 500;

interface Visit {
  readonly value: Json;
  readonly path: string;
  readonly layer: { readonly name: string; readonly className: string } | undefined;
  readonly depth: number;
  /** Inside a layer whose byte code was reported. */
  readonly lambda: boolean;
}

/** Judges one value and gives those inside. */
function look(visit: Visit, findings: Findings): readonly Visit[] {
  const { value, path, depth } = visit;
  if (isJsonList(value)) {
    return value.map((item, index) => ({
      ...visit,
      value: item,
      path: `${path}[${index}]`,
      depth: depth + 1,
    }));
  }
  if (!isJsonObject(value)) return [];
  const layer = layerOf(value) ?? visit.layer;
  const at = placeOf(path, layer);
  const lambda =
    judgeLayer(value, at, visit.lambda ? silenced(findings) : findings) || visit.lambda;
  judgeNames(value, at, findings);
  return Object.entries(value).flatMap(([key, item]) => {
    const inner = { value: item, path: joined(path, key), layer, depth: depth + 1, lambda };
    if (typeof item === "string" && !lambda) judgeText(item, placeOf(inner.path, layer), findings);
    return typeof item === "object" && item !== null ? [inner] : [];
  });
}

/** Only what the layer's byte code repeats is left out. */
function silenced(findings: Findings): Findings {
  const add: Findings["add"] = (rule, ...rest) => {
    if (rule !== "code/lambda") findings.add(rule, ...rest);
  };
  return { ...findings, add };
}

/** The classes and functions that an object names. */
function judgeNames(object: JsonObject, at: Place, findings: Findings): void {
  for (const key of MODULE_KEYS) {
    const module = object[key];
    if (typeof module !== "string" || !refers(object)) continue;
    const { name, kind } = named(object);
    const rule = judgePythonName({ module, name, kind });
    if (rule === undefined) continue;
    findings.add(
      rule,
      at,
      `Keras would look up ${name === "" ? "a name" : name} in the module ${module}.`,
    );
  }
  const { registered_name: registered, class_name: className } = object;
  const own = [registered, className].find(
    (text) => typeof text === "string" && /^[^<>]+>[^<>]/.test(text),
  );
  if (typeof own === "string" && !OPTIMIZER.test(own)) {
    findings.add("code/custom-class", at, `It is registered as ${own}.`);
  }
}

/** tf.keras 2.11 and later write their own optimizers like this. */
const OPTIMIZER =
  /^Custom>(?:Adadelta|Adafactor|Adagrad|Adam|AdamW|Adamax|Ftrl|Lion|Nadam|RMSprop|SGD|LossScaleOptimizer\w*)$/;

const MODULE_KEYS = ["module", "fn_module", "function_module", "class_module"] as const;

/** Whether an object stands for something that Python looks up; the config of a layer may have a `module` of its own. */
function refers({ class_name: className, fn_name: fnName }: JsonObject): boolean {
  return typeof className === "string" || typeof fnName === "string";
}

function named(object: JsonObject): { readonly name: string; readonly kind: "class" | "function" } {
  const { class_name: className, config, fn_name: fnName, name } = object;
  if (className === "function") {
    const inner = isJsonObject(config) ? config.name : config;
    return { name: typeof inner === "string" ? inner : "", kind: "function" };
  }
  if (className === "__typespec__" && isJsonObject(object)) {
    const { spec_name: spec } = object;
    return { name: typeof spec === "string" ? spec : "", kind: "class" };
  }
  if (typeof className === "string") return { name: className, kind: "class" };
  const found = [fnName, name].find((text) => typeof text === "string");
  return { name: typeof found === "string" ? found : "", kind: "function" };
}

function judgeText(text: string, at: Place, findings: Findings): void {
  const kind = kindOfBase64(text);
  if (kind === "code") findings.add("code/lambda", at, "A text is marshalled Python byte code.");
  if (kind === "pickle") findings.add("code/pickle", at, "A text is a pickle in base64.");
  if (kind === "program") findings.add("code/executable", at, "A text is a program in base64.");
  // torch.save writes a zip with a pickle inside.
  if (kind === "archive") findings.add("code/pickle", at, "A text is an archive in base64.");
}

function layerOf(object: JsonObject): Visit["layer"] {
  const { class_name: className, config, name: outer } = object;
  if (typeof className !== "string" || !isJsonObject(config)) return undefined;
  const name = config.name ?? outer;
  return typeof name === "string" ? { name, className } : undefined;
}

function placeOf(path: string, layer: Visit["layer"]): Place {
  const at = { path: cut(path) };
  return layer === undefined ? at : { ...at, layer: layer.name, className: layer.className };
}

function joined(path: string, key: string): string {
  return `${path}.${key}`;
}

function cut(path: string): string {
  return path.length <= 300 ? path : `${path.slice(0, 140)}…${path.slice(-140)}`;
}
