import { describe, expect, it } from "vitest";
import { parseObject, parsePythonJson } from "../../../src/sources/keras/python-json.ts";
import { refusal } from "./refusal.ts";

const AT = { file: "model.h5", path: "model_config" };

describe("JSON as Python writes it", () => {
  it("may hold NaN and infinities, which texts that spell them are not", () => {
    expect(
      parsePythonJson('{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN, \\"Infinity\\""}', AT),
    ).toEqual({ a: Number.NaN, b: [Infinity, -Infinity], c: 'NaN, "Infinity"' });
  });

  it("may start with a byte order mark", () => {
    expect(parsePythonJson("\ufeff[1]", AT)).toEqual([1]);
  });

  it("keeps names that JavaScript gives objects itself", () => {
    const json = parseObject('{"__proto__": 1, "constructor": NaN}', "model.h5");
    expect(Object.keys(json)).toEqual(["__proto__", "constructor"]);
  });

  it("is refused when it is damaged", () => {
    expect(refusal(() => parsePythonJson('{"a": nan}', AT))).toMatch(
      /^corrupt-file: model\.h5, model_config: The JSON cannot be parsed: .*\n {2}The file is damaged or was edited by hand; fetch it again\.$/,
    );
  });

  it("is refused when an object is needed and something else stands there", () => {
    expect(refusal(() => parseObject("[1]", "model.h5"))).toBe(
      "bad-config: model.h5: The JSON is not an object.",
    );
  });
});
