import { describe, expect, test } from "vitest";
import { listCases, openCase } from "./cases.ts";
import { formsOf } from "./forms.ts";
import { contentOf } from "./graph-content.ts";

/** The same layers and weights, saved by every generation of Keras and rewritten in other dialects of HDF5. */
const SAME = [
  "k208",
  "k213",
  "k224",
  "k231",
  "tf115",
  "tf215",
  "tf_keras2210",
  "k3151",
  "h5_big_endian",
  "h5_float64_data",
  "h5_gzip",
  "h5_gzip_shuffle_fletcher",
  "h5_latest",
  "h5_latest_gzip",
  "h5_latest_v108",
  "h5_lzf",
  "h5_scalar_strings_utf8",
  "h5_userblock",
];

describe("every generation and dialect reads to the same graph, bit for bit", () => {
  const expected = contentsOf("k224")[0];
  test.each(SAME)("%s", (name) => {
    for (const content of contentsOf(name)) expect(content).toEqual(expected);
  });
});

describe("all forms of a case hold the same model", () => {
  for (const suite of ["micro", "generations", "layers", "snacks"]) {
    for (const testCase of listCases(suite)) {
      const [first, ...others] = formsOf(testCase);
      if (first === undefined || others.length === 0) continue;
      test(testCase.id, () => {
        const expected = contentOf(first.read().graph);
        for (const form of others) expect(contentOf(form.read().graph)).toEqual(expected);
      });
    }
  }
});

function contentsOf(name: string): readonly ReturnType<typeof contentOf>[] {
  return formsOf(openCase(`generations/${name}`)).map((form) => contentOf(form.read().graph));
}
