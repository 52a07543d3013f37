import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type CoreMLFile, openCoreML } from "../src/formats/coreml/open.ts";
import { openPath } from "../src/io/node.ts";
import { type CaseArray, FIXTURES } from "./cases.ts";

/** A Core ML package with what Keras, or an independent evaluation, gives for some inputs. */
export interface PackageCase {
  readonly name: string;
  readonly folder: string;
  readonly json: {
    readonly model?: string;
    readonly package: string;
    readonly inputs: readonly CaseArray[];
    readonly outputs: readonly CaseArray[];
    readonly tolerance: { readonly abs: number; readonly rel: number };
    readonly labels?: readonly string[];
    readonly color?: "RGB" | "BGR" | "GRAY";
    readonly scale?: number;
    readonly bias?: readonly number[];
  };
}

const SUITE = join(FIXTURES, "mlpackage/keras");

/** All cases, by name. */
export function listPackages(): readonly PackageCase[] {
  return readdirSync(SUITE).sort().map(openPackageCase);
}

export function openPackageCase(name: string): PackageCase {
  const folder = join(SUITE, name);
  return { name, folder, json: JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) };
}

export function packagePath({ folder, json }: PackageCase): string {
  return join(folder, json.package);
}

/** Opens a package of the fixtures, plain or zipped, whose weights are read while the test runs. */
export function openPackage(path: string): CoreMLFile {
  return openCoreML(openPath(path));
}

/** One array of a case. */
export function readPackageArray({ folder }: PackageCase, { file }: CaseArray): Float32Array {
  const bytes = readFileSync(join(folder, file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
