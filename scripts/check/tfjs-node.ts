// npm run check:tfjs-node: sets up @tensorflow/tfjs-node from registry parts alone (its own installer wants a host
// outside them) and runs the tests of the runnable graph and of training on TensorFlow's kernels. Linux on x64; needs g++, make, python3 with pip, unzip.
import { spawnSync } from "node:child_process";
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
import { installPackages, ROOT, run } from "./packages.ts";
import { CACHE } from "./python.ts";

const FOLDER = join(CACHE, "tfjs-node");
const PACKAGE = join(FOLDER, "node_modules", "@tensorflow", "tfjs-node");
/** The wheel whose C library the add-on is linked with. */
const WHEEL = "tensorflow-cpu==2.15.1";
const NEEDED = [
  ["g++", "--version"],
  ["make", "--version"],
  ["python3", "-m", "pip", "--version"],
  ["unzip", "-v"],
] as const;

if (!existsSync(join(FOLDER, "ready"))) setUp();
const tests = [
  "test/targets/tfjs/cases.test.ts",
  "test/targets/tfjs/ops.test.ts",
  "test/targets/tfjs/backward",
  "test/targets/tfjs/tensorflow",
  "test/targets/tfjs/training",
  "test/train",
];
// Vitest says at its end how many tests passed.
const result = spawnSync("npx", ["vitest", "run", ...tests, ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: "inherit",
  env: { ...process.env, KC_TFJS_NODE: PACKAGE, TF_CPP_MIN_LOG_LEVEL: "2" },
});
process.exitCode = result.status ?? 1;

function setUp(): void {
  const missing = NEEDED.filter(
    ([program, ...args]) => spawnSync(program, args, { stdio: "ignore" }).status !== 0,
  );
  const isRight = process.platform === "linux" && process.arch === "x64";
  if (!isRight || missing.length > 0) {
    const names = missing.map(([program]) =>
      program === "python3" ? "python3 with pip" : program,
    );
    console.error(`check:tfjs-node needs ${isRight ? names.join(", ") : "Linux on x64"}.`);
    process.exit(1);
  }
  installPackages("tfjs-node", ["@tensorflow/tfjs-node@4.22.0", "node-gyp@11"]);
  addTensorFlow();
  buildAddOn();
  writeFileSync(join(FOLDER, "ready"), "");
}

/** The C library and its headers, out of the Python wheel; the add-on uses nothing of Python. */
function addTensorFlow(): void {
  const [wheels, unpacked] = [join(FOLDER, "wheel"), join(FOLDER, "out")];
  const deps = join(PACKAGE, "deps");
  const kind = ["--no-deps", "--only-binary=:all:", "--platform", "manylinux2014_x86_64"];
  const pip = ["-m", "pip", "download", "-q", "--python-version", "3.11", ...kind];
  run(FOLDER, "python3", ...pip, WHEEL, "-d", wheels);
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
