import { KcError } from "../../src/index.ts";
import { type Case, listCases } from "../../test/cases.ts";
import { type Form, formsOf } from "../../test/forms.ts";

/** What was written of the fixtures, and what kc refuses to write. */
export interface Written<T> {
  readonly files: readonly T[];
  readonly refused: readonly string[];
}

/** Writes every form of the fixtures that are named on the command line, else of all that hold whole models. */
export function writeFixtures<T>(write: (testCase: Case, form: Form) => readonly T[]): Written<T> {
  const suites = process.argv.slice(2);
  const refused: string[] = [];
  const files = (suites.length > 0 ? suites : ["micro", "generations", "snacks", "layers"])
    .flatMap(listCases)
    .flatMap((testCase) => formsOf(testCase).map((form) => [testCase, form] as const))
    .flatMap(([testCase, form]) => {
      try {
        return write(testCase, form);
      } catch (error) {
        if (!(error instanceof KcError)) throw error;
        refused.push(`${testCase.id} ${form.name}: ${error.message.split("\n")[0]}`);
        return [];
      }
    });
  for (const line of refused) console.log(line);
  return { files, refused };
}
