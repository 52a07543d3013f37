// npm run check:webgpu: the backend webgpu on the machine's graphics card, or on Mesa's lavapipe (23.1 or later), which is one
// in software: VK_DRIVER_FILES names its lvp_icd.json where it is not the only driver.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installPackages, ROOT } from "./packages.ts";
import { CACHE } from "./python.ts";

const FOLDER = join(CACHE, "webgpu");

if (!existsSync(join(FOLDER, "ready"))) {
  // The kernels register themselves with the tfjs that runs the models.
  installPackages("webgpu", ["webgpu@0.6.2", "@tensorflow/tfjs-backend-webgpu@4.22.0"]);
  writeFileSync(join(FOLDER, "ready"), "");
}
const result = spawnSync("npx", ["vite-node", "scripts/check/webgpu-run.ts"], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, KC_WEBGPU: FOLDER },
});
process.exitCode = result.status ?? 1;
