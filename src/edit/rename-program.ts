import { inMessage, inText, inValues, keyOf, type Rule } from "../formats/coreml/rewrite.ts";
import type { MILSpecBlock, MILSpecFunction, MILSpecProgram } from "../formats/coreml/types.gen.ts";
import { type Names, type Renaming, withRoom } from "./names.ts";

/** Whether an ML Program can have a value of this name. */
export function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_@]*$/.test(name);
}

/**
 * Gives inputs and outputs of a program other names: in every function that has them its inputs, the results of its
 * blocks, and all operations that make or use the value. Values inside that are called so already make room.
 *
 * @see MIL.proto Function, Block, Operation, Argument.Binding
 */
export function renameValues(
  program: MILSpecProgram,
  names: Names,
  through: (names: Names) => Renaming,
): Rule {
  const functions = inValuesByKey((key) => {
    const called = program.functions?.get(key);
    return called === undefined ? undefined : renameIn(called, names, through);
  });
  return inMessage("MILSpecProgram", { functions });
}

function renameIn(
  called: MILSpecFunction,
  names: Names,
  through: (names: Names) => Renaming,
): Rule | undefined {
  const own = featuresOf(called);
  const wanted = new Map([...names].filter(([old]) => own.has(old)));
  if (wanted.size === 0) return undefined;
  const name = inText(through(withRoom(wanted, valuesOf(called))));
  const typed = inMessage("MILSpecNamedValueType", { name });
  const argument = inMessage("MILSpecArgument", {
    arguments: inMessage("MILSpecArgumentBinding", { name }),
  });
  const operation: Rule = inMessage("MILSpecOperation", {
    inputs: inValues("MILSpecOperation", "inputs", argument),
    outputs: typed,
    blocks: (content) => block(content),
  });
  const block = inMessage("MILSpecBlock", { inputs: typed, outputs: name, operations: operation });
  return inMessage("MILSpecFunction", {
    inputs: typed,
    blockSpecializations: inValues("MILSpecFunction", "blockSpecializations", block),
  });
}

function inValuesByKey(ruleOf: (key: string) => Rule | undefined): Rule {
  return (entry) => {
    const rule = ruleOf(keyOf(entry));
    return rule === undefined ? undefined : inValues("MILSpecProgram", "functions", rule)(entry);
  };
}

/** Names by which an app knows the values of a function. */
function featuresOf({ inputs = [], blockSpecializations }: MILSpecFunction): ReadonlySet<string> {
  const results = [...(blockSpecializations?.values() ?? [])].flatMap(
    ({ outputs = [] }) => outputs,
  );
  return new Set([...inputs.map(({ name = "" }) => name), ...results]);
}

function valuesOf({ inputs = [], blockSpecializations }: MILSpecFunction): ReadonlySet<string> {
  const names = new Set(inputs.map(({ name = "" }) => name));
  const visit = (block: MILSpecBlock): void => {
    for (const { name = "" } of block.inputs ?? []) names.add(name);
    for (const { outputs = [], blocks = [] } of block.operations ?? []) {
      for (const { name = "" } of outputs) names.add(name);
      blocks.forEach(visit);
    }
  };
  blockSpecializations?.forEach(visit);
  return names;
}
