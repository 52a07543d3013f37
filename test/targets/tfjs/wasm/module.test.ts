import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { SOURCES_SHA256 } from "../../../../src/targets/tfjs/wasm/kernels.gen.ts";

const KERNELS = fileURLToPath(new URL("../../../../kernels/", import.meta.url));

it("is compiled from the kernels as they stand", () => {
  const hash = createHash("sha256");
  const names = readdirSync(KERNELS).filter((name) => name.endsWith(".ts"));
  for (const name of names.sort()) hash.update(readFileSync(KERNELS + name));
  expect(SOURCES_SHA256, "run npm run generate:kernels").toBe(hash.digest("hex"));
});
