import { describe, expect, it } from "vitest";
import { formatNumber } from "../../../src/train/callbacks/python-format.ts";

describe("formatting a number", () => {
  // format(value, spec) of Python 3.11
  it.each([
    [3, "", "integer", "3"],
    [3, "02d", "integer", "03"],
    [12, "03d", "integer", "012"],
    [7, ".2f", "integer", "7.00"],
    [7, "+d", "integer", "+7"],
    [-3, "04d", "integer", "-003"],
    [3, "<3d", "integer", "3  "],
    [3, "*^5d", "integer", "**3**"],
    [0.9731, ".4f", "float", "0.9731"],
    [0.125, ".2f", "float", "0.12"],
    [2.5, ".0f", "float", "2"],
    [0.375, ".2f", "float", "0.38"],
    [1e-7, "", "float", "1e-07"],
    [0.00012, "", "float", "0.00012"],
    [1.0, "", "float", "1.0"],
    [1e16, "", "float", "1e+16"],
    [123456789.0, "", "float", "123456789.0"],
    [1234.5678, ".2e", "float", "1.23e+03"],
    [1.5e-7, ".3e", "float", "1.500e-07"],
    [1.234e-5, "g", "float", "1.234e-05"],
    [123456.0, "g", "float", "123456"],
    [1234567.0, "g", "float", "1.23457e+06"],
    [0.5, ".3", "float", "0.5"],
    [5.0, ".3", "float", "5.0"],
    [0.4567, ".1%", "float", "45.7%"],
    [Number.NaN, ".2f", "float", "nan"],
    [Number.POSITIVE_INFINITY, "08.2f", "float", "00000inf"],
    [-0.5, "08.3f", "float", "-000.500"],
    [Math.PI, "8.3f", "float", "   3.142"],
    [Math.PI, "<8.3f", "float", "3.142   "],
    [0.045, ".2f", "float", "0.04"],
    [1.005, ".2f", "float", "1.00"],
    [0.1, ".20f", "float", "0.10000000000000000555"],
    [1e300, ".3g", "float", "1e+300"],
    [0.0, "g", "float", "0"],
    [0.0, ".2e", "float", "0.00e+00"],
    [100000.0, ".3G", "float", "1E+05"],
  ] as const)("%d as %j (%s) is %j", (value, spec, type, expected) => {
    expect(formatNumber(value, spec, type)).toBe(expected);
  });

  it.each([
    [0.5, "d", "float"],
    [0.5, "x", "float"],
    [3, ".2d", "integer"],
    [0.5, ".4q", "float"],
    [0.5, "99999d", "float"],
  ] as const)("%d as %j (%s) is refused, as by Python", (value, spec, type) => {
    expect(formatNumber(value, spec, type)).toBeUndefined();
  });
});
