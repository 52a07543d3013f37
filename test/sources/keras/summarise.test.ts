import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../../src/formats/bytes.ts";
import { summariseKeras } from "../../../src/sources/keras/summarise.ts";
import { FIXTURES } from "../../cases.ts";

describe("summariseKeras", () => {
  it("names quantised weights instead of counting them", () => {
    const file = readFileSync(join(FIXTURES, "layers/k3_quantized_int8/model.keras"));
    expect(() => summariseKeras(bytesSource(file))).toThrow(
      'Layer "first" (Dense): its weights are quantised (int8_from_float32).',
    );
  });
});
