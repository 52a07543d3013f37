import { execFileSync } from "node:child_process";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { emptyFolder } from "./python.ts";

/** This checkout. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Packages of npm in an empty folder of the cache, with this checkout's tfjs-core, as npm has it where they are installed beside kc. */
export function installPackages(name: string, packages: readonly string[]): string {
  const folder = emptyFolder(name);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run(folder, "npm", "install", "--ignore-scripts", ...packages);
  const core = join("node_modules", "@tensorflow", "tfjs-core");
  rmSync(join(folder, core), { recursive: true });
  symlinkSync(join(ROOT, core), join(folder, core));
  return folder;
}

/** Runs a program whose words go to the standard error. */
export function run(folder: string, command: string, ...args: readonly string[]): void {
  console.error(`${command} ${args.join(" ")}`);
  execFileSync(command, args, { cwd: folder, stdio: ["ignore", 2, 2] });
}
