import type { MILSpecBlock, MILSpecOperation, MILSpecValue, Model } from "./types.gen.ts";

/** One operation of a program, with the kind it has. */
export interface NamedOperation {
  readonly type: string;
  readonly message: MILSpecOperation;
}

/** All operations of a program in the order of the file, also those in the blocks of others. */
export function* operationsOf({ mlProgram }: Model): Iterable<NamedOperation> {
  for (const { blockSpecializations } of mlProgram?.functions?.values() ?? []) {
    for (const block of blockSpecializations?.values() ?? []) yield* inBlock(block);
  }
}

function* inBlock({ operations = [] }: MILSpecBlock): Iterable<NamedOperation> {
  for (const message of operations) {
    yield { type: message.type ?? "", message };
    for (const block of message.blocks ?? []) yield* inBlock(block);
  }
}

/** The tensors that an operation holds: constants by the name of what they make, parameters by that and their own. */
export function* tensorsIn(
  operation: MILSpecOperation,
): Generator<readonly [string, MILSpecValue]> {
  const { type, inputs, outputs, attributes } = operation;
  const name = outputs?.[0]?.name ?? "";
  for (const [key, value] of attributes ?? []) {
    if (isTensor(value)) yield [type === "const" ? name : `${name}/${key}`, value];
  }
  for (const [key, argument] of inputs ?? []) {
    for (const { value } of argument.arguments ?? []) {
      if (value !== undefined && isTensor(value)) yield [`${name}/${key}`, value];
    }
  }
}

function isTensor({ type, immediateValue }: MILSpecValue): boolean {
  return type?.tensorType !== undefined && immediateValue?.tensor?.strings === undefined;
}
