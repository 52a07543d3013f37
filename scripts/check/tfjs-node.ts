// npm run check:tfjs-node: sets up @tensorflow/tfjs-node from registry parts alone (its own installer wants a host
// outside them) and runs the tests of the runnable graph and of training on TensorFlow's kernels. Linux on x64; needs g++, make, python3, unzip.
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CACHE } from "./python.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FOLDER = join(CACHE, "tfjs-node");
const PACKAGE = join(FOLDER, "node_modules", "@tensorflow", "tfjs-node");
/** The wheel whose C library the add-on is linked with. */
const WHEEL = "tensorflow-cpu==2.15.1";

if (!existsSync(join(FOLDER, "ready"))) setUp();
const tests = [
  "test/targets/tfjs/cases.test.ts",
  "test/targets/tfjs/ops.test.ts",
  "test/targets/tfjs/backward",
  "test/targets/tfjs/tensorflow",
  "test/targets/tfjs/training",
  "test/train",
];
const result = spawnSync("npx", ["vitest", "run", ...tests, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, KC_TFJS_NODE: PACKAGE, TF_CPP_MIN_LOG_LEVEL: "2" },
});
process.exitCode = result.status ?? 1;

function setUp(): void {
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(join(FOLDER, "package.json"), '{ "private": true }\n');
  run(FOLDER, "npm", "install", "--ignore-scripts", "@tensorflow/tfjs-node@4.22.0", "node-gyp@11");
  shareCore();
  addTensorFlow();
  buildAddOn();
  writeFileSync(join(FOLDER, "ready"), "");
}

/** One tfjs for both, as npm has it where tfjs-node is installed beside the converter. */
function shareCore(): void {
  const core = join(FOLDER, "node_modules", "@tensorflow", "tfjs-core");
  rmSync(core, { recursive: true });
  symlinkSync(join(ROOT, "node_modules", "@tensorflow", "tfjs-core"), core);
}

/** The C library and its headers, out of the Python wheel; the add-on uses nothing of Python. */
function addTensorFlow(): void {
  const [wheels, unpacked, deps] = [
    join(FOLDER, "wheel"),
    join(FOLDER, "out"),
    join(PACKAGE, "deps"),
  ];
  const platform = ["--only-binary=:all:", "--platform", "manylinux2014_x86_64"];
  const python = ["--python-version", "3.11", "--no-deps"];
  run(
    FOLDER,
    "python3",
    "-m",
    "pip",
    "download",
    "-q",
    ...python,
    ...platform,
    WHEEL,
    "-d",
    wheels,
  );
  const wheel = readdirSync(wheels).find((name) => name.endsWith(".whl")) ?? "";
  const wanted = ["tensorflow/libtensorflow_*", "tensorflow/include/*"];
  run(FOLDER, "unzip", "-q", join(wheels, wheel), ...wanted, "-d", unpacked);
  mkdirSync(join(deps, "lib"), { recursive: true });
  for (const library of ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]) {
    renameSync(join(unpacked, "tensorflow", library), join(deps, "lib", library));
  }
  renameSync(join(unpacked, "tensorflow", "include"), join(deps, "include"));
  symlinkSync("libtensorflow_cc.so.2", join(deps, "lib", "libtensorflow.so"));
  symlinkSync("libtensorflow_framework.so.2", join(deps, "lib", "libtensorflow_framework.so"));
  for (const folder of [wheels, unpacked]) rmSync(folder, { recursive: true });
}

function buildAddOn(): void {
  const gyp = join(FOLDER, "node_modules", ".bin", "node-gyp");
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, "include", "node")) ? [`--nodedir=${prefix}`] : [];
  const names = ["-Dmodule_name=tfjs_binding", "-Dmodule_path=./lib/napi-v8"];
  run(PACKAGE, gyp, "rebuild", ...headers, "--", "-Dnapi_build_version=8", ...names);
  rmSync(join(PACKAGE, "deps", "include"), { recursive: true });
  rmSync(join(PACKAGE, "build"), { recursive: true });
}

function run(folder: string, command: string, ...args: readonly string[]): void {
  console.error(`${command} ${args.join(" ")}`);
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", 2, 2] });
}
