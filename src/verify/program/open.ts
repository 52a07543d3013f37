import { fail } from "../../errors.ts";
import {
  FIRST_OPSETS,
  isOpset,
  isProgramOperation,
  OPSETS,
  type Opset,
} from "../../formats/coreml/program-operations.ts";
import type {
  MILSpecBlock,
  MILSpecFunction,
  MILSpecNamedValueType,
  MILSpecOperation,
  Model,
} from "../../formats/coreml/types.gen.ts";
import { type Described, describedFeatures } from "../described.ts";
import type { OperationRun } from "./call.ts";
import { checkInterface } from "./interface.ts";
import { operationRuns } from "./operations/index.ts";

/** A program, checked and ready to run. */
export interface Program {
  readonly described: Described;
  readonly inputs: readonly MILSpecNamedValueType[];
  readonly steps: readonly ProgramStep[];
  /** Names that the block gives out. */
  readonly outputs: readonly string[];
}

/** An operation with the code that runs it. */
export interface ProgramStep {
  readonly operation: MILSpecOperation;
  /** What its author calls it, else its first result. */
  readonly name: string;
  /** Undefined for a constant. */
  readonly run: OperationRun | undefined;
  /** Names of the values that it reads. */
  readonly reads: readonly string[];
  readonly makes: readonly string[];
}

/**
 * Finds the function of an ML Program that a model runs and checks its structure: versions, names, that values are
 * made once and before they are read, and that the description tells of the function's inputs and outputs.
 *
 * Throws `unsupported` for operations that are not computed here, `bad-config` for a program that is not sound.
 */
export function openProgram(model: Model): Program {
  const { mlProgram } = model;
  if (mlProgram === undefined) return fail("internal", "The model is no program.");
  if (mlProgram.version !== 1) {
    fail("unsupported", `The program has version ${mlProgram.version ?? 0}, expected 1.`);
  }
  const described = describedFeatures(model);
  const name = model.description?.defaultFunctionName || "main";
  const found = mlProgram.functions?.get(name);
  if (found === undefined) return fail("bad-config", `The program has no function "${name}".`);
  const opset = opsetOf(found, model.specificationVersion ?? 0);
  const block = found.blockSpecializations?.get(opset);
  if (block === undefined) {
    return fail("bad-config", `The function "${name}" has no block for ${opset}.`);
  }
  const program: Program = {
    described,
    inputs: found.inputs ?? [],
    steps: (block.operations ?? []).map((operation) => openOperation(operation, opset)),
    outputs: block.outputs ?? [],
  };
  checkValues(program, block);
  checkInterface(program);
  return program;
}

function opsetOf({ opset = "" }: MILSpecFunction, version: number): Opset {
  if (!isOpset(opset)) {
    return fail("unsupported", `The program is written for "${opset}", which is not known here.`);
  }
  if (version >= OPSETS[opset]) return opset;
  return fail(
    "bad-config",
    `${opset} needs specification version ${OPSETS[opset]}, but the model states ${version}.`,
  );
}

function openOperation(operation: MILSpecOperation, opset: Opset): ProgramStep {
  const { type = "", inputs, outputs = [], attributes } = operation;
  const makes = outputs.map(({ name = "" }) => name);
  const stated = attributes?.get("name")?.immediateValue?.tensor?.strings?.values?.[0];
  const name = stated || (makes[0] ?? "");
  const at = { layer: name, className: type };
  const bindings = [...(inputs?.values() ?? [])].flatMap((one) => one.arguments ?? []);
  const reads = bindings.flatMap((one) => (one.name === undefined ? [] : [one.name]));
  const step = { operation, name, reads, makes };
  if (!isProgramOperation(type)) {
    return fail("unsupported", "This operation is not known here.", { at });
  }
  const first = FIRST_OPSETS[type];
  if (OPSETS[first] > OPSETS[opset]) {
    fail("bad-config", `Needs ${first}, but the program is written for ${opset}.`, { at });
  }
  if (type === "const") return { ...step, run: undefined };
  const run = operationRuns[type];
  if (typeof run === "function") return { ...step, run };
  return fail("unsupported", `This operation is not computed here: ${run.unsupported}.`, { at });
}

/** What the format allows as a name; Core ML compiles programs to a text of its own. */
const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_@]*$/;

function checkValues({ inputs, steps, outputs }: Program, block: MILSpecBlock): void {
  const made = new Set<string>();
  const make = (name: string, at: { layer?: string; className?: string }): void => {
    if (!IDENTIFIER.test(name)) fail("bad-config", `"${name}" is no name for a value.`, { at });
    if (made.has(name)) fail("bad-config", `Makes "${name}" a second time.`, { at });
    made.add(name);
  };
  for (const { name = "" } of [...inputs, ...(block.inputs ?? [])]) make(name, {});
  for (const { operation, name, reads, makes } of steps) {
    const at = { layer: name, className: operation.type ?? "" };
    for (const read of reads) {
      if (!made.has(read)) fail("bad-config", `Reads "${read}" before it is made.`, { at });
    }
    for (const one of makes) make(one, at);
    if (makes.length === 0) fail("bad-config", "Makes nothing.", { at });
  }
  for (const name of outputs) {
    if (!made.has(name)) fail("bad-config", `No operation makes the output "${name}".`);
  }
}
