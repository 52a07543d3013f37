import { fail, type Place } from "../../errors.ts";
import { sizeOf } from "../../ir/tensor.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../../json.ts";
import { type ConfigReader, createConfigReader, quoteJson } from "../../sources/keras/config.ts";
import type { Dialect } from "../../sources/keras/layer-spec.ts";
import { plainClass } from "../../sources/keras/parse-model.ts";
import { unwrapTuples } from "../../sources/keras/unwrap.ts";
import type { Distribution } from "./distribution.ts";
import { computeFans, type Fans } from "./fans.ts";

/** For what an initializer is read. */
export interface InitializerContext {
  readonly shape: readonly number[];
  readonly dialect: Dialect;
  readonly at: Place;
}

/**
 * What a config's initializer means for a weight of this shape: a name, `{ class_name, config }` of any generation.
 * Throws `unsupported` for one that is not Keras' own.
 */
export function parseInitializer(stated: Json, context: InitializerContext): Distribution {
  const { at } = context;
  const className = classOf(stated);
  if (className === undefined) {
    return fail("bad-config", `${quoteJson(stated)} is no initializer.`, { at });
  }
  const json = isJsonObject(stated) ? unwrapTuples(stated.config ?? {}) : {};
  const config = createConfigReader(isJsonObject(json) ? json : {}, at);
  const word = plainClass(className)
    .toLowerCase()
    .replaceAll("_", "")
    .replace(/initializer$/, "");
  const meaning = INITIALIZERS.get(word);
  if (meaning !== undefined) return meaning(config, context);
  return fail("unsupported", `The initializer "${className}" is not one of Keras' own.`, {
    at,
    hint: `Known are ${[...INITIALIZERS.keys()].join(", ")}.`,
  });
}

function classOf(stated: Json): string | undefined {
  if (typeof stated === "string") return stated;
  if (!isJsonObject(stated) || typeof stated.class_name !== "string") return undefined;
  const { class_name: name, config } = stated;
  // A function of Keras, serialised by its name.
  return name === "function" && typeof config === "string" ? config : name;
}

type Meaning = (config: ConfigReader, context: InitializerContext) => Distribution;

const zeros: Meaning = () => ({ kind: "constant", value: 0 });
const ones: Meaning = () => ({ kind: "constant", value: 1 });

const uniform: Meaning = (config) => ({
  kind: "uniform",
  low: config.number("minval", -0.05),
  high: config.number("maxval", 0.05),
});

const normal: Meaning = (config) => ({
  kind: "normal",
  mean: config.number("mean", 0),
  deviation: config.number("stddev", 0.05),
});

const INITIALIZERS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["zeros", zeros],
  ["zero", zeros],
  ["ones", ones],
  ["one", ones],
  ["constant", constant],
  ["randomuniform", uniform],
  ["uniform", uniform],
  ["randomnormal", normal],
  ["normal", normal],
  [
    "truncatednormal",
    (config) => ({
      kind: "truncated",
      mean: config.number("mean", 0),
      deviation: config.number("stddev", 0.05),
    }),
  ],
  ["variancescaling", varianceScaling],
  ["glorotuniform", scaling(1, "fan_avg", "uniform")],
  ["glorotnormal", scaling(1, "fan_avg", "normal")],
  ["heuniform", scaling(2, "fan_in", "uniform")],
  ["henormal", scaling(2, "fan_in", "normal")],
  ["lecununiform", scaling(1, "fan_in", "uniform")],
  ["lecunnormal", scaling(1, "fan_in", "normal")],
  ["orthogonal", orthogonal],
  ["identity", identity],
]);

function constant(config: ConfigReader, { shape, at }: InitializerContext): Distribution {
  const value = config.raw("value") ?? 0;
  if (typeof value === "number") return { kind: "constant", value };
  const values = flatNumbers(value);
  if (values?.length === sizeOf(shape)) return { kind: "values", values };
  return fail("bad-config", `"value" is ${quoteJson(value)}, expected ${sizeOf(shape)} numbers.`, {
    at,
  });
}

function flatNumbers(value: Json): readonly number[] | undefined {
  if (typeof value === "number") return [value];
  if (!isJsonList(value)) return undefined;
  const parts = value.map(flatNumbers);
  return parts.includes(undefined) ? undefined : parts.flatMap((part) => part ?? []);
}

type Mode = "fan_in" | "fan_out" | "fan_avg";

function varianceScaling(config: ConfigReader, context: InitializerContext): Distribution {
  const mode = config.oneOf("mode", ["fan_in", "fan_out", "fan_avg"] as const, "fan_in");
  const words = ["normal", "uniform", "truncated_normal", "untruncated_normal"] as const;
  const distribution = config.oneOf("distribution", words, "truncated_normal");
  const scale = config.number("scale", 1) / fanOf(mode, fansOf(config.json, context));
  return scaled(scale, distribution, context);
}

function scaling(scale: number, mode: Mode, distribution: "uniform" | "normal"): Meaning {
  return (config, context) => {
    const share = scale / fanOf(mode, fansOf(config.json, context));
    // Keras 1 draws what lies far out, too.
    const plain = distribution === "normal" && context.dialect.generation === 1;
    return scaled(share, plain ? "untruncated_normal" : distribution, context);
  };
}

/** Keras 3 may say which axes of a weight are its inputs and outputs. */
function fansOf(config: JsonObject, { shape, dialect }: InitializerContext): Fans {
  const [inputs, outputs] = [config.input_axes ?? null, config.output_axes ?? null];
  const across = (axes: readonly Json[]): number =>
    axes.reduce<number>(
      (size, axis) => size * (typeof axis === "number" ? (shape.at(axis) ?? 1) : 1),
      1,
    );
  return isJsonList(inputs) && isJsonList(outputs)
    ? { fanIn: across(inputs), fanOut: across(outputs) }
    : computeFans(shape, dialect.generation);
}

function fanOf(mode: Mode, { fanIn, fanOut }: Fans): number {
  const fans = { fan_in: fanIn, fan_out: fanOut, fan_avg: (fanIn + fanOut) / 2 };
  return Math.max(1, fans[mode]);
}

function scaled(
  variance: number,
  distribution: "normal" | "uniform" | "truncated_normal" | "untruncated_normal",
  { dialect }: InitializerContext,
): Distribution {
  if (distribution === "uniform") {
    const limit = Math.sqrt(3 * variance);
    return { kind: "uniform", low: -limit, high: limit };
  }
  const deviation = Math.sqrt(variance);
  if (distribution === "untruncated_normal") return { kind: "normal", mean: 0, deviation };
  const lost = keepsDeviation(dialect) ? TRUNCATED_DEVIATION : 1;
  return { kind: "truncated", mean: 0, deviation: deviation / lost };
}

/** Before 2.2.0 nothing made up for what is cut off. @see keras/initializers.py (2.1.6, 2.2.0) `VarianceScaling` */
function keepsDeviation({ generation, version }: Dialect): boolean {
  return generation !== 2 || !/^2\.[01]\b/.test(version);
}

/** Of a standard normal distribution cut at two deviations. */
const TRUNCATED_DEVIATION = 0.8796256610342398;

function orthogonal(config: ConfigReader, { shape, dialect, at }: InitializerContext) {
  if (shape.length < 2) {
    fail("bad-config", "An orthogonal initializer needs a weight of two axes or more.", { at });
  }
  const gain = config.number("gain", dialect.generation === 1 ? 1.1 : 1);
  return { kind: "orthogonal", gain } as const;
}

function identity(config: ConfigReader, { shape, dialect, at }: InitializerContext) {
  if (shape.length !== 2) {
    fail("bad-config", "An identity initializer needs a weight of two axes.", { at });
  }
  const [rows = 0, columns = 0] = shape;
  const [long, short] = [Math.max(rows, columns), Math.min(rows, columns)];
  const repeats = dialect.generation === 1 || dialect.generation === 2;
  if (repeats && long % short !== 0) {
    fail("bad-config", `The matrix of ${rows} and ${columns} is no multiple of a square.`, { at });
  }
  return { kind: "identity", gain: config.number("gain", 1), repeats } as const;
}
