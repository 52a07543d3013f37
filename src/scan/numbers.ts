import type { Hdf5Dataset } from "../formats/hdf5/index.ts";
import { statisticsOf, type WeightStatistics } from "../weights/statistics.ts";
import type { Findings } from "./finding.ts";
import type { StoredArray } from "./hdf5-array.ts";
import { hdf5Rule } from "./hdf5-rule.ts";
import { judgeNumbers } from "./judge-numbers.ts";

/** What is known of the arrays from the architecture: paths of datasets with the layers that use them. */
export interface KnownWeights {
  readonly variances: ReadonlyMap<string, string>;
  readonly layers: ReadonlyMap<string, string>;
}

/**
 * Reads every array of numbers once, in strips, and judges them. No more is read than files of `fileSize` bytes
 * unpack to in earnest; what exceeds that was reported as a bomb.
 */
export function scanNumbers(
  arrays: readonly StoredArray[],
  known: KnownWeights,
  fileSize: number,
  findings: Findings,
): void {
  let left = Math.max(FREE, fileSize * MAX_RATIO);
  for (const { dataset, storage } of arrays) {
    left -= storage.byteLength;
    if (left < 0) {
      findings.add("weights/unread", {}, `No array from "${dataset.path}" on was read.`);
      return;
    }
    if (!isNumeric(dataset)) continue;
    const at = { path: dataset.path };
    const statistics = findings.attempt(at, hdf5Rule, () => statisticsOf(dataset));
    if (statistics !== undefined) {
      judgeNamed(
        { path: dataset.path, float: dataset.type.kind === "float" },
        statistics,
        known,
        findings,
      );
    }
  }
}

/** Judges one array by its statistics and by what it is called. */
export function judgeNamed(
  { path, float }: { readonly path: string; readonly float: boolean },
  statistics: WeightStatistics,
  { variances, layers }: KnownWeights,
  findings: Findings,
): void {
  const layer = layers.get(path);
  const at = layer === undefined ? { path } : { path, layer };
  const use = {
    variance: variances.has(path) || VARIANCE.test(path),
    kernel: KERNEL.test(path),
    optimizer: OPTIMIZER.test(path),
    float,
  };
  judgeNumbers(at, statistics, use, findings);
}

const FREE = 256 * 2 ** 20;
const MAX_RATIO = 20;

function isNumeric({ type }: Hdf5Dataset): boolean {
  return type.kind === "float" || type.kind === "integer";
}

/** Where Keras keeps the optimizer's state, in legacy and in state files. */
const OPTIMIZER = /^\/(?:optimizer_weights|optimizer)\//;

/** Keras 1 called it `running_std`, though it is a variance. */
const VARIANCE =
  /(?:^|[/_])(?:moving_variance|running_std|running_variance)(?:_\d+)?(?::0)?$|\/(?:sync_)?batch_?normalization(?:_\d+)?\/vars\/3$/;

const KERNEL =
  /(?:kernel|embeddings|(?:^|_)[WU](?:_[a-z])?)(?:_\d+)?(?::0)?$|\/(?:conv\w*|dense|\w*_conv\w*)\/vars\/0$/;
