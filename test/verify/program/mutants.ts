import type {
  MILSpecOperation,
  MILSpecTensorValue,
  MILSpecValue,
  Model,
} from "../../../src/formats/coreml/types.gen.ts";

/** The program with some of its operations changed; those for which `change` gives nothing stay. */
export function withOperations(
  model: Model,
  change: (operation: MILSpecOperation) => MILSpecOperation | undefined,
): Model {
  const main = model.mlProgram?.functions?.get("main");
  const opset = main?.opset ?? "";
  const block = main?.blockSpecializations?.get(opset);
  let changed = 0;
  const operations = (block?.operations ?? []).map((operation) => {
    const next = change(operation);
    if (next !== undefined) changed += 1;
    return next ?? operation;
  });
  if (changed === 0) throw new Error("nothing was changed");
  const functions = new Map([
    ["main", { ...main, blockSpecializations: new Map([[opset, { ...block, operations }]]) }],
  ]);
  return { ...model, mlProgram: { ...model.mlProgram, functions } };
}

/** The program in which the first operation of a type, or of a name, has changed inputs. */
export function withInputs(
  model: Model,
  which: string,
  change: Readonly<Record<string, MILSpecTensorValue | string | undefined>>,
): Model {
  let done = false;
  const constants = constantsOf(model);
  return withOperations(model, (operation) => {
    const name = operation.outputs?.[0]?.name;
    if (done || (operation.type !== which && name !== which)) return undefined;
    done = true;
    const inputs = new Map(operation.inputs);
    for (const [key, value] of Object.entries(change)) {
      if (value === undefined) inputs.delete(key);
      else if (typeof value === "string") inputs.set(key, { arguments: [{ name: value }] });
      else {
        const old = constants.get(operation.inputs?.get(key)?.arguments?.[0]?.name ?? "");
        const type = old?.type ?? { tensorType: { dataType: "BOOL" } };
        const changed: MILSpecValue = { type, immediateValue: { tensor: value } };
        inputs.set(key, { arguments: [{ value: changed }] });
      }
    }
    return { ...operation, inputs };
  });
}

/** What the constants of a program are, by name. */
export function constantsOf(model: Model): ReadonlyMap<string, MILSpecValue> {
  const main = model.mlProgram?.functions?.get("main");
  const block = main?.blockSpecializations?.get(main.opset ?? "");
  return new Map(
    (block?.operations ?? []).flatMap(({ type, outputs, attributes }) => {
      const value = attributes?.get("val");
      return type === "const" && value ? [[outputs?.[0]?.name ?? "", value] as const] : [];
    }),
  );
}
