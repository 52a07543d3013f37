import { fail, KcError } from "../errors.ts";
import { readText } from "../io/node.ts";
import { isJsonList, isJsonObject, type Json, type JsonObject } from "../json.ts";
import type { Flag } from "./command.ts";
import type { RawFlags } from "./flag-reader.ts";
import { flagName } from "./flag-reader.ts";
import { placeAt, placeInJson, type TextPlace } from "./json-place.ts";
import { configKey, configValue } from "./train-config-values.ts";

/** What a configuration file says, as if it had been typed. */
export interface TrainConfig {
  readonly flags: RawFlags;
  /** Options of the phases one by one, over those above; none where it does not say. */
  readonly phases: readonly RawFlags[];
  /** Says of an error about an option of the file in which line it stands. */
  located(error: unknown): unknown;
}

/** Options that make no sense in a file, or in a phase. */
const NOT_IN_FILE: ReadonlySet<string> = new Set(["config"]);
/** What may differ from phase to phase. */
export const PHASE_KEYS: readonly string[] = [
  "epochs",
  "learningRate",
  "optimizer",
  "gradientAccumulation",
  "frozenNorm",
  "freeze",
  "unfreeze",
  "freezeAllButLast",
  "earlyStopping",
  "reduceLrOnPlateau",
  "lrSchedule",
];

/** Reads a configuration. Throws `bad-option` with line and column for what is no option, or no value of it, also by `check`. */
export function readTrainConfig(
  path: string,
  table: readonly Flag[],
  check: (flags: RawFlags) => void = () => undefined,
): TrainConfig {
  const text = readText(path);
  const json = parse(path, text);
  const known = new Map(
    table.flatMap((flag) => {
      const key = configKey(flag);
      return NOT_IN_FILE.has(key) ? [] : [[key, flag] as const];
    }),
  );
  const reading = { path, text, known, check };
  const { $schema: _, phases = null, ...own } = json;
  const inList = isJsonList(phases) ? phases : [];
  if (isJsonList(phases) && phases.length === 0) {
    refuse(reading, ["phases"], "is empty, expected at least one phase");
  }
  const plain = phases === null || isJsonList(phases) ? own : { ...own, phases };
  const inPhases = new Map([...known].filter(([key]) => PHASE_KEYS.includes(key)));
  return {
    flags: readFlagValues(plain, [], reading),
    phases: inList.map((phase, index) => {
      if (!isJsonObject(phase)) return refuse(reading, ["phases", index], "is no object");
      return readFlagValues(phase, ["phases", index], { ...reading, known: inPhases });
    }),
    located: (error) => located(error, json, reading),
  };
}

type Path = readonly (string | number)[];

interface Reading {
  readonly path: string;
  readonly text: string;
  readonly known: ReadonlyMap<string, Flag>;
  readonly check: (flags: RawFlags) => void;
}

function parse(path: string, text: string): JsonObject {
  let json: Json;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : "";
    const [, offset] = /at position (\d+)/.exec(message) ?? [];
    const place = placeAt(text, offset === undefined ? text.length : Number(offset));
    const what = message.replace(/ in JSON.*| \(line.*/s, "");
    return fail("bad-option", `This is no JSON: ${what}.`, { at: { file: spot(path, place) } });
  }
  if (isJsonObject(json)) return json;
  return fail("bad-option", "A configuration is a JSON object.", { at: { file: path } });
}

function readFlagValues(json: JsonObject, at: Path, reading: Reading): RawFlags {
  const entries = Object.entries(json).map(([key, value]) => {
    const flag = reading.known.get(key);
    const path = [...at, key];
    if (flag === undefined) return refuse(reading, path, "is not known", near(key, reading));
    const read = configValue(flag, value);
    if ("value" in read) {
      const entry = [key, read.value === false ? undefined : read.value] as const;
      checkAt(reading, path, Object.fromEntries([entry]));
      return entry;
    }
    return refuse(reading, path, `is ${JSON.stringify(value)}, expected ${read.expected}`);
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function checkAt({ path, text, check }: Reading, at: Path, flags: RawFlags): void {
  try {
    check(flags);
  } catch (error) {
    if (!(error instanceof KcError) || error.diagnostics[0] === undefined) throw error;
    const file = spot(path, placeInJson(text, at));
    throw new KcError({ ...error.diagnostics[0], at: { file } }, { cause: error });
  }
}

function refuse({ path, text }: Reading, at: Path, what: string, hint?: string): never {
  const name = at.map((part) => (typeof part === "number" ? `[${part}]` : part)).join(".");
  return fail("bad-option", `"${name.replaceAll(".[", "[")}" ${what}.`, {
    at: { file: spot(path, placeInJson(text, at)) },
    ...(hint === undefined ? {} : { hint }),
  });
}

function near(key: string, { known }: Reading): string {
  const plain = (word: string): string => word.toLowerCase().replaceAll(/[-_]/g, "");
  const twin = [...known.keys()].find((one) => plain(one) === plain(key));
  if (twin !== undefined) return `Did you mean "${twin}"?`;
  return `Known are ${[...known.keys()].map((key) => `"${key}"`).join(", ")}.`;
}

function located(error: unknown, json: JsonObject, { path, text, known }: Reading): unknown {
  if (!(error instanceof KcError) || error.code !== "bad-option") return error;
  const [first] = error.diagnostics;
  if (first === undefined || first.at?.file !== undefined) return error;
  const key = [...known.keys()].find((one) => {
    const rest = first.text.startsWith(flagName(one)) ? first.text[flagName(one).length] : "";
    return json[one] !== undefined && rest === " ";
  });
  if (key === undefined) return error;
  const file = spot(path, placeInJson(text, [key]));
  return new KcError({ ...first, at: { ...first.at, file } }, { cause: error });
}

function spot(path: string, { line, column }: TextPlace): string {
  return `${path}:${line}:${column}`;
}
