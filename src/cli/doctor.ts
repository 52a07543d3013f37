import { availableParallelism, totalmem } from "node:os";
import { BACKENDS } from "../backends/backends.ts";
import { isNotInstalled } from "../backends/open-backend.ts";
import type { BackendSpec, LoadedBackend } from "../backends/predictor.ts";
import { fail, KcError } from "../errors.ts";
import { type BackendReport, type DoctorReport, doctorLines } from "../report/doctor.ts";
import { type RawFlags, readFlags } from "./flag-reader.ts";
import { version } from "./program.ts";
import { sampleNetwork, samplePicture } from "./sample-network.ts";
import { openTerminal } from "./terminal.ts";

/** Runs `kc doctor`; the exit code is 0 whatever is missing. */
export async function doctor(raw: RawFlags): Promise<number> {
  const flags = readFlags(raw);
  const seconds = flags.number("seconds") ?? 3;
  if (!(seconds >= 0)) {
    fail("bad-option", `--seconds is ${seconds}, expected a number of 0 or more.`);
  }
  const terminal = openTerminal();
  const backends: BackendReport[] = [];
  for (const spec of BACKENDS) {
    terminal.progress(`Looking at ${spec.program} …`);
    backends.push(await examine(spec, seconds));
  }
  terminal.progress("");
  const report: DoctorReport = {
    kc: version(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    memory: totalmem(),
    backends,
    auto: backends.find(({ ok }) => ok)?.name ?? null,
  };
  const text = flags.has("json") ? JSON.stringify(report, null, 2) : doctorLines(report).join("\n");
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Loads a backend and times it. What is missing or broken is told, not thrown. */
async function examine(spec: BackendSpec, seconds: number): Promise<BackendReport> {
  const { name, program } = spec;
  try {
    const loaded = await spec.load();
    const speed = seconds === 0 ? undefined : await speedOf(loaded, seconds);
    return {
      name,
      program,
      ok: true,
      title: loaded.title,
      ...(speed === undefined ? {} : { picturesPerSecond: Number(speed.toPrecision(3)) }),
    };
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    const reason = error.diagnostics[0]?.text ?? error.message;
    // What is installed already and does not run is not installed again.
    const { install: command } = spec;
    const install =
      command !== undefined && isNotInstalled(spec, error) ? { install: command } : {};
    return { name, program, ok: false, reason, ...install };
  }
}

/** Pictures a second, after one that does not count. */
async function speedOf(backend: LoadedBackend, seconds: number): Promise<number> {
  const predictor = await backend.open(sampleNetwork());
  try {
    await predictor.predict(samplePicture());
    const start = performance.now();
    let count = 0;
    let passed = 0;
    while (passed < seconds * 1000) {
      await predictor.predict(samplePicture());
      count++;
      passed = performance.now() - start;
    }
    return (count * 1000) / passed;
  } finally {
    await predictor.dispose();
  }
}
