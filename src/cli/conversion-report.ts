import type { Diagnostic } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import type { Dim } from "../ir/tensor.ts";
import { inFlagWords } from "./flag-words.ts";
import type { VerificationReport } from "./verify-report.ts";

/** What happened in one conversion; `--json` prints exactly this. */
export interface ConversionReport extends TargetFacts {
  readonly ok: true;
  /** What the model became: the word of `--to`. */
  readonly target: string;
  readonly model: {
    readonly file: string;
    readonly name: string;
    readonly keras: string;
    /** What wrote it: `keras` or `coreml`. */
    readonly format: string;
    readonly backend: string;
  };
  readonly output: string;
  readonly warnings: readonly Diagnostic[];
  readonly bytes: number;
  readonly milliseconds: number;
  /** With `--verify`; may be not ok where the conversion itself is. */
  readonly verification?: VerificationReport;
}

/** What a target says of the model it made. */
export interface TargetFacts {
  /** `Core ML specification 1`; for people, who also read `specificationVersion` and the like. */
  readonly format: string;
  /** Of Core ML. */
  readonly specificationVersion?: number;
  /** Of ONNX. */
  readonly opset?: number;
  readonly inputs: readonly FeatureReport[];
  readonly outputs: readonly (FeatureReport | LabelReport)[];
  /** Number of layers, nodes or steps in the file. */
  readonly layers: number;
  readonly parameters: number;
  readonly preprocessing: readonly PictureReport[];
}

/** An input or output as declared. */
export interface FeatureReport {
  readonly name: string;
  readonly type: "array" | "image" | "probabilities";
  /** Null where free. */
  readonly shape: readonly Dim[];
  /** Axis of the Keras value behind each number of `shape`, where that needs saying. */
  readonly axes?: readonly (number | null)[];
  /** Of an image. */
  readonly colorSpace?: string;
}

/** The output of a classifier that names the best class. */
export interface LabelReport {
  readonly name: string;
  readonly type: "label";
  /** How many classes there are. */
  readonly classes: number;
}

/** How the pixels of one input are prepared: `pixel * scale + bias`, red, green, blue (or gray). */
export interface PictureReport {
  readonly input: string;
  readonly colors: string;
  readonly scale: readonly number[];
  readonly bias: readonly number[];
  readonly preset?: string;
  readonly why?: string;
}

/** Everything that a report is made of. */
export interface Conversion {
  readonly target: string;
  readonly model: string;
  readonly output: string;
  /** What was converted. */
  readonly source: Pick<Graph, "name" | "source">;
  readonly facts: TargetFacts;
  readonly warnings: readonly Diagnostic[];
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Gathers the report of a conversion. */
export function conversionReport(conversion: Conversion): ConversionReport {
  const { source, facts, target, output, bytes } = conversion;
  const { version, backend, format } = source.source;
  return {
    ok: true,
    target,
    model: { file: conversion.model, name: source.name, keras: version, format, backend },
    output,
    ...facts,
    warnings: conversion.warnings.map(inFlagWords),
    bytes,
    milliseconds: Math.round(conversion.milliseconds),
  };
}
