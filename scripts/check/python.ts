import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where checks keep what they install and make; git ignores it. */
export const CACHE = fileURLToPath(new URL("../../.bench/", import.meta.url));

/** The first of some versions of Python that is installed, on the path or by pyenv; undefined for none. */
export function findPython(versions: readonly string[]): string | undefined {
  const shims = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(shims) ? readdirSync(shims) : [];
  for (const version of versions) {
    const found = installed.find((name) => name === version || name.startsWith(`${version}.`));
    if (found !== undefined) return join(shims, found, "bin", "python");
    const name = `python${version}`;
    if (spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0) return name;
  }
  return undefined;
}

/** Runs a script of this folder with Python, in an environment of its own that holds `packages`; returns its standard output. */
export function runPython(
  environment: string,
  packages: readonly string[],
  script: string,
  args: readonly string[],
  interpreter = "python3",
): string {
  const python = environmentOf(environment, packages, interpreter);
  const path = fileURLToPath(new URL(script, import.meta.url));
  return execFileSync(python, [path, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The interpreter of the environment, made on first use with one of the machine's. */
function environmentOf(name: string, packages: readonly string[], interpreter: string): string {
  const folder = join(CACHE, "python", name);
  const python = join(folder, "bin", "python");
  if (existsSync(join(folder, "ready"))) return python;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(CACHE, "python"), { recursive: true });
  console.error(`installing ${packages.join(", ")} into ${folder}`);
  execFileSync(interpreter, ["-m", "venv", folder], { stdio: "inherit" });
  // The pip that an old Python brings along does not know the newer kinds of wheels.
  for (const wanted of [["--upgrade", "pip"], packages]) {
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...wanted], { stdio: "inherit" });
  }
  mkdirSync(join(folder, "ready"));
  return python;
}
