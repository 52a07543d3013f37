/** `npm run generate` writes the JSON schema of `kc.train.json`; a test compares. */
import { writeFileSync } from "node:fs";
import { trainConfigSchema } from "../src/cli/train-config-schema.ts";

const file = new URL("../schema/kc.train.schema.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(trainConfigSchema(), null, 2)}\n`);
