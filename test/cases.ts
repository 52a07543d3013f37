import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

/** Root of the project's fixtures. */
export const FIXTURES = fileURLToPath(new URL("../fixtures/", import.meta.url));

/** The part of `case.json` that the tests read; `fixtures/README.md` describes all of it. */
export interface CaseFile {
  readonly name: string;
  readonly model?: string;
  readonly weights?: string;
  readonly architecture?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly custom_objects?: readonly string[];
  readonly inputs: readonly CaseArray[];
  readonly outputs: readonly CaseArray[];
  readonly tolerance: { readonly abs: number; readonly rel: number };
  readonly parameters?: number;
  readonly layers?: readonly CaseLayer[];
  readonly convert?: {
    readonly ok: boolean;
    readonly args: Readonly<Record<string, unknown>>;
    readonly golden?: string;
    readonly error?: string;
    readonly spec_version?: number;
    readonly metadata?: Readonly<Record<string, unknown>>;
  };
}

/** One layer as Keras describes it, with those inside a nested model. */
export interface CaseLayer {
  readonly name: string;
  readonly class: string;
  readonly output_shape: readonly (number | null)[];
  readonly layers?: readonly CaseLayer[];
}

export interface CaseArray {
  readonly file: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly name?: string;
}

export interface Case {
  /** `micro/lstm` */
  readonly id: string;
  readonly folder: string;
  readonly json: CaseFile;
}

/** All cases of one suite folder, by name. */
export function listCases(suite: string): readonly Case[] {
  const root = join(FIXTURES, suite);
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort()
    .filter((name) => existsSync(join(root, name, "case.json")))
    .map((name) => openCase(`${suite}/${name}`));
}

export function openCase(id: string): Case {
  const folder = join(FIXTURES, id);
  return { id, folder, json: JSON.parse(readFileSync(join(folder, "case.json"), "utf8")) };
}

/** Raw little-endian float32 numbers of an input or output file; large ones are kept compressed. */
export function readArray(testCase: Case, array: CaseArray): Float32Array {
  const path = join(testCase.folder, array.file);
  const bytes = existsSync(path) ? readFileSync(path) : gunzipSync(readFileSync(`${path}.gz`));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
