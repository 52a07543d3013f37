import type { WeightRef } from "../tensor.ts";
import type { Activation } from "./activation.ts";

/**
 * A recurrent layer over `(batch, time, features)`. Inputs: the sequence; then, if
 * `initialState`, the state tensors (simple and gru: h; lstm: h, c; bidirectional: forward ones, then backward
 * ones); then, if `masked`, a boolean mask `(batch, time)`: a false step repeats the previous output and state.
 * Outputs: the sequence `(batch, time, units)` if `returnSequences`, else the last `(batch, units)`; then the final
 * states if `returnState`.
 * - `backward` reads the steps last to first, and gives its sequence in that order (Keras' `go_backwards`).
 * - `bidirectional` has a second set of weights; its backward sequence is turned round to input time
 *   before merging. `merge` null gives two outputs, forward and backward.
 * Equations: simple h' = act(x·W + h·U + b). lstm gates i, f, c, o along the columns: i, f, o through
 * recurrentActivation, c through activation; c' = f*c + i*g; h' = o*activation(c'). gru gates z, r, h: h' = z*h + (1 - z)*hh, where
 * hh = act(x·Wh + (r*h)·Uh + bh), or with resetAfter act(x·Wh + bh + r*(h·Uh + brh)), bias `[2, 3u]`.
 */
export interface RecurrentOp {
  readonly kind: "recurrent";
  readonly cell: "simple" | "lstm" | "gru";
  readonly units: number;
  readonly activation: Activation;
  /** Of lstm and gru; `simple` ignores it. */
  readonly recurrentActivation: Activation;
  readonly resetAfter: boolean;
  readonly direction: "forward" | "backward" | "bidirectional";
  readonly merge: "concat" | "sum" | "multiply" | "average" | null;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly initialState: boolean;
  readonly masked: boolean;
  readonly stateful: boolean;
  readonly weights: {
    /** `[in, gates * units]` */
    readonly kernel: WeightRef;
    /** `[units, gates * units]` */
    readonly recurrentKernel: WeightRef;
    /** `[gates * units]`, or `[2, gates * units]` with resetAfter */
    readonly bias?: WeightRef;
    readonly backwardKernel?: WeightRef;
    readonly backwardRecurrentKernel?: WeightRef;
    readonly backwardBias?: WeightRef;
  };
}

/** ConvLSTM2D: as lstm, with convolutions in place of both products; input `(batch, time, h, w, c)`, channels last. */
export interface ConvLstmOp {
  readonly kind: "convLstm";
  readonly filters: number;
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "valid" | "same";
  readonly activation: Activation;
  readonly recurrentActivation: Activation;
  readonly direction: "forward" | "backward";
  readonly returnSequences: boolean;
  readonly weights: {
    /** `[kh, kw, in, 4 * filters]` */
    readonly kernel: WeightRef;
    /** `[kh, kw, filters, 4 * filters]`; applied with stride 1 and same padding */
    readonly recurrentKernel: WeightRef;
    readonly bias?: WeightRef;
  };
}
