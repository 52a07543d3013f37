import { fail } from "../errors.ts";
import type { Graph } from "../ir/graph.ts";
import { nearNames } from "../surgery/near-names.ts";
import { type Metric, metricNames, metricsOf } from "../train/metrics/resolve-metrics.ts";
import type { FlagReader } from "./flag-reader.ts";

/** The metrics of the run; those of the file that are not known are left out with a warning, one that is asked for is refused. */
export function knownMetrics(
  graph: Graph,
  flags: FlagReader,
  warn: (text: string) => void,
): readonly Metric[] {
  const { metrics, unknown } = metricsOf(graph);
  const [first] = unknown;
  if (first === undefined) return metrics;
  const known = `Known are ${metricNames().join(", ")}.`;
  if (flags.has("metrics") && metricNames().includes(first)) {
    fail("bad-option", `--metrics names "${first}", which cannot be measured with this loss.`, {
      hint: "It compares each output with a target of its own, or wants settings that a name has not.",
    });
  }
  if (flags.has("metrics")) {
    const near = nearNames(first, metricNames(), 3).map((name) => `"${name}"`);
    fail("bad-option", `--metrics names "${first}", which is not known here.`, {
      hint: near.length === 0 ? known : `Did you mean ${near.join(" or ")}? ${known}`,
    });
  }
  const names = unknown.map((name) => `"${name}"`).join(", ");
  const those =
    unknown.length === 1
      ? `metric ${names} is not known here and is`
      : `metrics ${names} are not known here and are`;
  warn(`The model's ${those} left out. ${known}`);
  return metrics;
}
