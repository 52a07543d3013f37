import { fail } from "../../errors.ts";
import type { Graph, GraphPort } from "../../ir/graph.ts";
import { checkDistinct, checkKnown } from "../option-names.ts";
import type { Settings } from "./options.ts";

/** Names of the model's inputs and outputs, in the order of the graph's. */
export interface PortNames {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/**
 * The names asked for, or Keras' own; where Keras has one twice, as for the two outputs of one layer, the later one gets a number. Throws
 * `bad-option` when they do not fit the model.
 */
export function portNames(graph: Graph, settings: Settings): PortNames {
  const given = [
    ...namesFor("input", graph.inputs, settings.inputNames),
    ...namesFor("output", graph.outputs, settings.outputNames),
  ];
  checkDistinct([...(settings.inputNames ?? []), ...(settings.outputNames ?? [])]);
  const names = distinct(given);
  const inputs = names.slice(0, graph.inputs.length);
  const outputs = names.slice(graph.inputs.length);
  const { inputDescriptions = {}, outputDescriptions = {} } = settings;
  checkKnown("inputsAsNchw", settings.inputsAsNchw, { known: inputs, what: "inputs" });
  checkKnown("inputDescriptions", Object.keys(inputDescriptions), {
    known: inputs,
    what: "inputs",
  });
  checkKnown("outputDescriptions", Object.keys(outputDescriptions), {
    known: outputs,
    what: "outputs",
  });
  return { inputs, outputs };
}

function namesFor(
  what: "input" | "output",
  ports: readonly GraphPort[],
  names: readonly string[] | undefined,
): readonly string[] {
  if (names === undefined) return ports.map(({ name }) => name);
  if (names.length === ports.length) return names;
  const own = ports.map(({ name }) => name).join(", ");
  return fail(
    "bad-option",
    `${what}Names has ${names.length} of the ${ports.length} names that the model needs: ${own}.`,
  );
}

function distinct(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let count = 1; taken.has(free); count++) free = `${name}_${count}`;
    taken.add(free);
    return free;
  });
}
