import { fail } from "../errors.ts";
import { fieldsOf } from "../formats/coreml/region.ts";
import { inMessage, type Rule, scalarOf, setTo, textIn } from "../formats/coreml/rewrite.ts";
import type { FeatureDescription, Model } from "../formats/coreml/types.gen.ts";
import type { Change } from "./change.ts";
import { changeLine, inDescription } from "./metadata.ts";

/** Texts by the name of an input or output; an empty one takes away what was said. */
export type Texts = Readonly<Record<string, string>>;

/** Says something else of inputs or outputs, also where functions of a program have them. Throws `bad-option`. */
export function changeDescriptions(model: Model, side: "input" | "output", texts: Texts): Change {
  const { description = {} } = model;
  const features = [description, ...(description.functions ?? [])].flatMap(
    (one) => one[side] ?? [],
  );
  checkNames(side, features, Object.keys(texts));
  const before = new Map(features.map((one) => [one.name ?? "", one.shortDescription ?? ""]));
  const changed = new Map(
    Object.entries(texts).filter(([name, text]) => text !== before.get(name)),
  );
  const rule = forFeature((name) => {
    const text = changed.get(name);
    if (text === undefined) return undefined;
    const content =
      text === "" ? undefined : scalarOf("FeatureDescription", "shortDescription", text);
    return inMessage("FeatureDescription", { shortDescription: setTo(content) });
  });
  return {
    rule: inDescription({
      [side]: rule,
      functions: inMessage("FunctionDescription", { [side]: rule }),
      ...(side === "input" ? { trainingInput: rule } : {}),
    }),
    report: () =>
      [...changed].map(([name, text]) =>
        changeLine(`description of "${name}"`, before.get(name) ?? "", text),
      ),
  };
}

/** A rule for descriptions of features, chosen by the feature's name. */
export function forFeature(ruleOf: (name: string) => Rule | undefined): Rule {
  return (feature) => {
    let name = "";
    for (const { number, content } of fieldsOf(feature)) if (number === 1) name = textIn(content);
    return ruleOf(name)?.(feature);
  };
}

function checkNames(
  side: "input" | "output",
  features: readonly FeatureDescription[],
  names: readonly string[],
): void {
  const known = features.map(({ name = "" }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  fail(
    "bad-option",
    `${side}Descriptions names "${unknown}", which is none of the model's ${side}s.`,
    {
      hint: `There are, with their new names: ${known.join(", ")}.`,
    },
  );
}
