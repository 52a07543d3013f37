/** What a machine can do for predictions; `--json` prints exactly this. */
export interface DoctorReport {
  /** Versions of this program and of what runs it. */
  readonly kc: string;
  readonly node: string;
  /** `linux x64` */
  readonly platform: string;
  readonly cores: number;
  /** Of the machine, in bytes. */
  readonly memory: number;
  /** The fastest first. */
  readonly backends: readonly BackendReport[];
  /** The one that `auto` takes; null when none runs. */
  readonly auto: string | null;
}

/** One backend: present with its speed, or missing with what to do. */
export interface BackendReport {
  /** The word of `--backend`. */
  readonly name: string;
  readonly program: string;
  readonly ok: boolean;
  /** Version and threads. */
  readonly title?: string;
  /** Pictures a second of a small network; absent when not measured. */
  readonly picturesPerSecond?: number;
  /** Why it does not run. */
  readonly reason?: string;
  /** The command that would change that. */
  readonly install?: string;
}

/** The report for people, a line at a time. */
export function doctorLines(report: DoctorReport): readonly string[] {
  const { backends, auto } = report;
  const name = Math.max(...backends.map((backend) => backend.name.length));
  const width = Math.max(0, ...backends.map(({ title = "" }) => title.length));
  const memory = (report.memory / 2 ** 30).toFixed(1);
  const taken = backends.findIndex((backend) => backend.name === auto);
  const faster = backends
    .slice(0, taken < 0 ? backends.length : taken)
    .flatMap(({ install, program }) => (install === undefined ? [] : [{ install, program }]));
  return [
    `kc ${report.kc}, Node ${report.node}, ${report.platform}, ${report.cores} cores, ${memory} GiB of memory`,
    ...backends.map((backend) => {
      const { title = "", reason = "" } = backend;
      const state = backend.ok
        ? `${title.padEnd(width)}  ${speedOf(backend).padStart(16)}`
        : reason;
      const mark = backend.name === auto ? "  taken by auto" : "";
      return `  ${backend.name.padEnd(name)}  ${state}${mark}`.trimEnd();
    }),
    ...(auto === null ? ["No backend runs here."] : []),
    ...faster.map(({ install, program }) => `To be faster, with ${program}: ${install}`),
  ];
}

function speedOf({ picturesPerSecond: speed }: BackendReport): string {
  if (speed === undefined) return "";
  return `${speed < 10 ? speed.toFixed(1) : Math.round(speed)} pictures/s`;
}
