import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Environment } from "./environments.ts";

/** Where checks keep what they install and make; git ignores it. */
export const CACHE = fileURLToPath(new URL("../../.bench/", import.meta.url));

/** An empty folder of this name in the cache. */
export function emptyFolder(name: string): string {
  const folder = join(CACHE, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Those that this machine has a Python for. What the others need is said when the check ends. */
export function installable<E extends Environment>(environments: readonly E[]): readonly E[] {
  const there = environments.filter((one) => findPython(one.python) !== undefined);
  const missing = environments.filter((one) => !there.includes(one));
  process.on("exit", () => {
    for (const one of missing) console.log(`Left out: ${needs(one)}`);
  });
  return there;
}

/** Runs a script of this folder with Python, in an environment that is made on first use; returns its standard output. */
export function runPython(
  environment: Environment,
  script: string,
  args: readonly string[],
): string {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return execFileSync(interpreterOf(environment), [path, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** The first of some versions of Python that is installed, on the path or by pyenv, and can make environments. */
function findPython(versions: readonly string[]): string | undefined {
  const shims = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const installed = existsSync(shims) ? readdirSync(shims) : [];
  return versions
    .flatMap((version) => [
      ...installed
        .filter((name) => name === version || name.startsWith(`${version}.`))
        .map((name) => join(shims, name, "bin", "python")),
      `python${version}`,
    ])
    .find((name) => {
      const { status } = spawnSync(name, ["-c", "import ensurepip, venv"], { stdio: "ignore" });
      return status === 0;
    });
}

function needs({ title, python }: Environment): string {
  return `${title} needs Python ${python.join(" or ")} with venv, on the path or from pyenv.`;
}

function giveUp(environment: Environment): never {
  console.error(needs(environment));
  process.exit(1);
}

function interpreterOf(environment: Environment): string {
  const { name, packages } = environment;
  const folder = join(CACHE, "python", name);
  const python = join(folder, "bin", "python");
  const [ready, wanted] = [join(folder, "packages.txt"), packages.join("\n")];
  if (existsSync(ready) && readFileSync(ready, "utf8") === wanted) return python;
  const interpreter = findPython(environment.python) ?? giveUp(environment);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(CACHE, "python"), { recursive: true });
  console.error(`installing ${packages.join(", ")} into ${folder}`);
  execFileSync(interpreter, ["-m", "venv", folder], { stdio: "inherit" });
  // The pip that an old Python brings along does not know the newer kinds of wheels.
  for (const one of [["--upgrade", "pip"], packages]) {
    execFileSync(python, ["-m", "pip", "install", "--quiet", ...one], { stdio: "inherit" });
  }
  writeFileSync(ready, wanted);
  return python;
}
