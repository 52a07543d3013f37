// npm run check:webgpu: the backend webgpu on the machine's graphics card, or on Mesa's lavapipe (23.1 or later), which is one
// in software: VK_DRIVER_FILES names its lvp_icd.json where it is not the only driver.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE } from "./python.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(CACHE, "webgpu");

if (!existsSync(join(FOLDER, "ready"))) setUp();
const result = spawnSync("npx", ["vite-node", "scripts/check/webgpu-run.ts"], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, KC_WEBGPU: FOLDER },
});
process.exitCode = result.status ?? 1;

function setUp(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "package.json"), '{ "private": true }\n');
  const packages = ["webgpu@0.6.2", "@tensorflow/tfjs-backend-webgpu@4.22.0"];
  execFileSync("npm", ["install", "--ignore-scripts", ...packages], {
    cwd: FOLDER,
    stdio: ["ignore", 2, 2],
  });
  // The kernels must register themselves with the tfjs that runs the models.
  const core = join(FOLDER, "node_modules", "@tensorflow", "tfjs-core");
  rmSync(core, { recursive: true });
  symlinkSync(join(ROOT, "node_modules", "@tensorflow", "tfjs-core"), core);
  writeFileSync(join(FOLDER, "ready"), "");
}
