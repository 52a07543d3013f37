import { isJsonObject, type JsonObject } from "../json.ts";
import type { DiffLayer, DiffWeight } from "./side.ts";

/**
 * Two recurrent layers whose gates go through `hard_sigmoid`s of different slopes, with the second's weights as the first's function would
 * have them: `f(s x)` is the same with a slope of `s` and with weights `s` times as large.
 */
export function sameGates(a: DiffLayer, b: DiffLayer): readonly [a: DiffLayer, b: DiffLayer] {
  const [left, right] = [gatesOf(a), gatesOf(b)];
  if (left === undefined || right === undefined || left.slope === right.slope) return [a, b];
  const factor = right.slope / left.slope;
  const computed = a.weights.map((weight) => ({ ...weight, computed: true }));
  const weights = b.weights.map((weight) => scaled(weight, right, factor));
  const computes = b.computes?.map((op) => withSlope(op, left.slope));
  return [
    { ...a, weights: computed },
    { ...b, weights, ...(computes ? { computes } : {}) },
  ];
}

interface Gates {
  readonly slope: number;
  readonly gates: readonly number[];
  readonly of: number;
}

function gatesOf({ computes = [] }: DiffLayer): Gates | undefined {
  const found = computes.flatMap((op) => {
    const { recurrentActivation: stated = null, kind, cell } = op;
    if (!isJsonObject(stated) || stated.fn !== "hardSigmoid") return [];
    if (typeof stated.slope !== "number") return [];
    if (kind === "recurrent" && cell === "gru") return [{ slope: stated.slope, ...GRU }];
    return cell === "lstm" || kind === "convLstm" ? [{ slope: stated.slope, ...LSTM }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

const LSTM = { gates: [0, 1, 3], of: 4 };
const GRU = { gates: [0, 1], of: 3 };

function withSlope(op: JsonObject, slope: number): JsonObject {
  const { recurrentActivation: stated = null } = op;
  if (!isJsonObject(stated) || stated.fn !== "hardSigmoid") return op;
  return { ...op, recurrentActivation: { ...stated, slope } };
}

/** The gates stand side by side along the last axis. */
function scaled(weight: DiffWeight, { gates, of }: Gates, factor: number): DiffWeight {
  const { ref } = weight;
  const columns = ref.shape.at(-1) ?? 1;
  const units = columns / of;
  if (!Number.isInteger(units)) return weight;
  return {
    ...weight,
    computed: true,
    ref: {
      shape: ref.shape,
      dtype: ref.dtype,
      readInto(target, start) {
        ref.readInto(target, start);
        for (let at = 0; at < target.length; at++) {
          const gate = Math.floor(((start + at) % columns) / units);
          if (gates.includes(gate)) target[at] = (target[at] ?? 0) * factor;
        }
      },
    },
  };
}
