import { KcError } from "../../../src/errors.ts";
import type { Graph } from "../../../src/ir/graph.ts";
import { type Case, listCases } from "../../cases.ts";
import { formsOf } from "../../forms.ts";

/** A case whose model can be read at all; `test/forward.test.ts` lists the others with their refusals. */
export interface ReadableCase {
  readonly testCase: Case;
  graph(): Graph;
}

/** All cases of the suites that hold a model that can be read. */
export function readableCases(suites: readonly string[]): readonly ReadableCase[] {
  return suites.flatMap(listCases).flatMap((testCase) => {
    const [form] = formsOf(testCase);
    if (form === undefined || isRefused(() => form.read())) return [];
    return [{ testCase, graph: () => form.read().graph }];
  });
}

function isRefused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    if (error instanceof KcError && error.code === "unsupported") return true;
    throw error;
  }
}
