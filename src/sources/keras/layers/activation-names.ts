import type { Activation } from "../../../ir/ops/activation.ts";
import type { Dialect } from "../layer-spec.ts";

/**
 * The activation that a name means, along `axis` where it has one; undefined for an unknown name. Case, underscores
 * and a registration prefix (`Custom>relu6`) do not count, so every spelling of users' own `relu6` is found.
 */
export function namedActivation(
  name: string,
  axis: number,
  dialect: Dialect,
): Activation | undefined {
  const plain = name.slice(name.lastIndexOf(">") + 1);
  const key = plain
    .slice(plain.lastIndexOf(".") + 1)
    .toLowerCase()
    .replaceAll("_", "");
  if (name.includes(">") && AMBIGUOUS.has(key)) return undefined;
  const fixed = FIXED.get(key);
  if (fixed !== undefined) return fixed;
  if (key === "hardsigmoid") return hardSigmoid(dialect);
  // Only Keras 3's own sparsemax is known; users' functions of that name follow the paper.
  if (key === "sparsemax" && dialect.generation !== 3) return undefined;
  const along = ALONG_AXIS.get(key);
  return along === undefined ? undefined : { fn: along, axis };
}

/** Rectifier with Keras' defaults for what is left out. */
export function relu(
  options: {
    readonly negativeSlope?: number | undefined;
    readonly maxValue?: number | undefined;
    readonly threshold?: number | undefined;
  } = {},
): Activation {
  return {
    fn: "relu",
    negativeSlope: options.negativeSlope ?? 0,
    maxValue: options.maxValue ?? null,
    threshold: options.threshold ?? 0,
  };
}

/** `clip(0.2 x + 0.5, 0, 1)` until tf.keras 2.15, `relu6(x + 3) / 6` in Keras 3. */
function hardSigmoid(dialect: Dialect): Activation {
  const slope = dialect.generation === 3 ? 1 / 6 : 0.2;
  return { fn: "hardSigmoid", slope, offset: 0.5 };
}

/**
 * Registered functions whose name does not tell: tensorflow-addons' gelu approximates in some releases, and users'
 * hard_sigmoid is as often `relu6(x + 3) / 6` as Keras' own.
 */
const AMBIGUOUS: ReadonlySet<string> = new Set(["gelu", "hardsigmoid"]);

const HARD_SILU: Activation = { fn: "hardSilu" };
const SILU: Activation = { fn: "silu" };

/** Defaults are those of the functions in `keras/src/activations/activations.py` and `tf.nn`. */
const FIXED: ReadonlyMap<string, Activation> = new Map<string, Activation>([
  ["linear", { fn: "linear" }],
  ["identity", { fn: "linear" }],
  ["relu", relu()],
  ["relu6", relu({ maxValue: 6 })],
  ["leakyrelu", relu({ negativeSlope: 0.2 })],
  ["elu", { fn: "elu", alpha: 1 }],
  ["selu", { fn: "selu" }],
  ["celu", { fn: "celu", alpha: 1 }],
  ["sigmoid", { fn: "sigmoid" }],
  ["tanh", { fn: "tanh" }],
  ["hardtanh", { fn: "hardTanh" }],
  ["softplus", { fn: "softplus" }],
  ["softsign", { fn: "softsign" }],
  ["exponential", { fn: "exponential" }],
  ["exp", { fn: "exponential" }],
  ["swish", SILU],
  ["silu", SILU],
  ["swishv2", SILU],
  ["hardswish", HARD_SILU],
  ["hardsilu", HARD_SILU],
  ["hswish", HARD_SILU],
  ["gelu", { fn: "gelu", approximate: false }],
  ["mish", { fn: "mish" }],
  ["logsigmoid", { fn: "logSigmoid" }],
  ["softshrink", { fn: "softShrink", threshold: 0.5 }],
  ["hardshrink", { fn: "hardShrink", threshold: 0.5 }],
  ["tanhshrink", { fn: "tanhShrink" }],
  ["squareplus", { fn: "squareplus", b: 4 }],
  ["sparseplus", { fn: "sparsePlus" }],
  ["sparsesigmoid", { fn: "sparseSigmoid" }],
]);

const ALONG_AXIS: ReadonlyMap<string, "softmax" | "logSoftmax" | "sparsemax" | "glu"> = new Map([
  ["softmax", "softmax"],
  ["softmaxv2", "softmax"],
  ["logsoftmax", "logSoftmax"],
  ["logsoftmaxv2", "logSoftmax"],
  ["sparsemax", "sparsemax"],
  ["glu", "glu"],
] as const);
