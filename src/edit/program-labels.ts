import { labelsIn } from "../formats/coreml/program-value.ts";
import {
  inMessage,
  inValues,
  keyOf,
  type Rule,
  scalarOf,
  setTo,
} from "../formats/coreml/rewrite.ts";
import type {
  MILSpecBlock,
  MILSpecOperation,
  MILSpecProgram,
  MILSpecValue,
} from "../formats/coreml/types.gen.ts";
import type { Labels } from "./labels.ts";

/** The labels of a program's `classify`, or `undefined` where there is none. @see MIL.proto, operation classify */
export function programLabels(program: MILSpecProgram): Labels | undefined {
  for (const block of blocksOf(program)) {
    for (const operation of block.operations ?? []) {
      const labels = asLabels(labelValue(operation));
      if (labels !== undefined) return labels;
    }
    const labels = asLabels(constantFor(block)?.attributes?.get("val"));
    if (labels !== undefined) return labels;
  }
  return undefined;
}

/** Writes other texts, as many as there were, where `classify` has its labels. */
export function relabelProgram(program: MILSpecProgram, labels: readonly string[]): Rule {
  const value = inList(labels);
  const literal = inMessage("MILSpecArgument", {
    arguments: inMessage("MILSpecArgumentBinding", { value }),
  });
  const byKey = (map: string, key: string, rule: Rule): Rule => {
    const inner = inValues("MILSpecOperation", map, rule);
    return (entry) => (keyOf(entry) === key ? inner(entry) : undefined);
  };
  const classify = inMessage("MILSpecOperation", { inputs: byKey("inputs", "classes", literal) });
  const constant = inMessage("MILSpecOperation", { attributes: byKey("attributes", "val", value) });
  const inBlock = (block: MILSpecBlock): Rule =>
    inMessage("MILSpecBlock", {
      operations: {
        each(content, index) {
          const operation = block.operations?.[index];
          if (operation?.type === "classify") return classify(content);
          return operation !== undefined && operation === constantFor(block)
            ? constant(content)
            : undefined;
        },
      },
    });
  return inMessage("MILSpecProgram", {
    functions: (entry) => {
      const blocks = program.functions?.get(keyOf(entry))?.blockSpecializations;
      const specializations: Rule = (inner) => {
        const block = blocks?.get(keyOf(inner));
        if (block === undefined) return undefined;
        return inValues("MILSpecFunction", "blockSpecializations", inBlock(block))(inner);
      };
      const called = inMessage("MILSpecFunction", { blockSpecializations: specializations });
      return inValues("MILSpecProgram", "functions", called)(entry);
    },
  });
}

function blocksOf({ functions }: MILSpecProgram): readonly MILSpecBlock[] {
  return [...(functions?.values() ?? [])].flatMap(({ blockSpecializations }) => [
    ...(blockSpecializations?.values() ?? []),
  ]);
}

function labelValue({ type, inputs }: MILSpecOperation): MILSpecValue | undefined {
  return type === "classify" ? inputs?.get("classes")?.arguments?.[0]?.value : undefined;
}

/** The constant that holds the labels, where `classify` has them by name. */
function constantFor({ operations = [] }: MILSpecBlock): MILSpecOperation | undefined {
  const classify = operations.find(({ type }) => type === "classify");
  const name = classify?.inputs?.get("classes")?.arguments?.[0]?.name;
  if (name === undefined) return undefined;
  return operations.find(
    ({ type, outputs }) => type === "const" && outputs?.some((output) => output.name === name),
  );
}

function asLabels(value: MILSpecValue | undefined): Labels | undefined {
  const labels = value === undefined ? undefined : labelsIn(value);
  if (labels === undefined) return undefined;
  const numbers = labels.filter((label) => typeof label === "number");
  return numbers.length === labels.length ? numbers : labels.map(String);
}

/** A list of texts, each a tensor of its own. */
function inList(texts: readonly string[]): Rule {
  const item = (index: number): Rule => {
    const strings = inMessage("MILSpecTensorValueRepeatedStrings", {
      values: setTo(scalarOf("MILSpecTensorValueRepeatedStrings", "values", texts[index] ?? "")),
    });
    const tensor = inMessage("MILSpecTensorValue", { strings });
    const immediateValue = inMessage("MILSpecValueImmediateValue", { tensor });
    return inMessage("MILSpecValue", { immediateValue });
  };
  const list = inMessage("MILSpecListValue", {
    values: { each: (content, index) => item(index)(content) },
  });
  const immediateValue = inMessage("MILSpecValueImmediateValue", { list });
  return inMessage("MILSpecValue", { immediateValue });
}
