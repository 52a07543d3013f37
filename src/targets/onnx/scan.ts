import type { NodeProto, ValueInfoProto } from "../../formats/onnx/types.gen.ts";
import { graph, int, ints } from "./attributes.ts";
import { ELEMENT, type ElementType } from "./element.ts";
import type { Scribe } from "./scribe.ts";

/** A loop over time, the second axis of all that it reads and gives. */
export interface ScanPlan {
  /** States at the start. */
  readonly states: readonly string[];
  /** Sequences, read step by step. */
  readonly sequences: readonly { readonly name: string; readonly element: ElementType }[];
  /** From the last step to the first. */
  readonly reversed: boolean;
  /** The results of the steps in order of time, not in the order in which they are made. */
  readonly turned: boolean;
  /** Whether the results of all steps are wanted. */
  readonly collect: boolean;
  /** Writes one step: the new states, of which `output` is what the step gives. */
  step(w: Scribe, states: readonly string[], items: readonly string[]): ScanStep;
}

/** What one step makes. */
export interface ScanStep {
  readonly states: readonly string[];
  readonly output: string;
}

/** What the loop gives. */
export interface ScanResult {
  readonly states: readonly string[];
  /** With time as the second axis; empty unless asked for. */
  readonly steps: string;
}

/** Writes a `Scan`. Constants and values from outside are read by name. */
export function scan(w: Scribe, plan: ScanPlan): ScanResult {
  const { states, sequences, collect } = plan;
  const nodes: NodeProto[] = [];
  const body = w.within(nodes);
  const stateNames = states.map(() => body.name("state"));
  const itemNames = sequences.map(() => body.name("item"));
  const made = plan.step(body, stateNames, itemNames);
  // An output of the body is a value of its own, even where two are equal.
  const outputs = [...made.states, ...(collect ? [made.output] : [])].map((value) =>
    body.add("Identity", [value]),
  );
  const count = sequences.length;
  const same = (value: number, length: number) => ints(new Array<number>(length).fill(value));
  const inputs = [...states, ...sequences.map(({ name }) => name)];
  const results = w.addMany("Scan", inputs, outputs.length, {
    body: graph({
      name: body.name("step"),
      node: nodes,
      input: [
        ...stateNames.map((name) => valueInfo(name, ELEMENT.float)),
        ...itemNames.map((name, index) =>
          valueInfo(name, sequences[index]?.element ?? ELEMENT.float),
        ),
      ],
      output: outputs.map((name) => valueInfo(name, ELEMENT.float)),
    }),
    num_scan_inputs: int(count),
    scan_input_axes: same(1, count),
    scan_input_directions: same(plan.reversed ? 1 : 0, count),
    ...(collect
      ? { scan_output_axes: ints([1]), scan_output_directions: ints([plan.turned ? 1 : 0]) }
      : {}),
  });
  return { states: results.slice(0, states.length), steps: results[states.length] ?? "" };
}

/** Zeros of a shape whose batch is that of a tensor. */
export function zeroState(w: Scribe, like: string, shape: readonly number[]): string {
  const batch = w.add("Slice", [w.add("Shape", [like]), w.ints([0]), w.ints([1])]);
  const sizes = w.add("Concat", [batch, w.ints(shape)], { axis: int(0) });
  return w.add("ConstantOfShape", [sizes]);
}

function valueInfo(name: string, elemType: ElementType): ValueInfoProto {
  return { name, type: { tensorType: { elemType } } };
}
