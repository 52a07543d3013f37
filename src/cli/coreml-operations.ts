import type { MILSpecBlock, MILSpecOperation, Model } from "../formats/coreml/types.gen.ts";

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
