import { sum } from "./confusion.ts";
import { type Scored, scoresOf, supportOf } from "./scored.ts";

/** How classes are averaged. */
export type Averaging = "macro" | "weighted";

/**
 * Area under the ROC curve: how often a positive scores above a negative, ties counting half. Undefined without samples
 * of both kinds.
 */
export function binaryRocAuc(
  isPositive: readonly boolean[],
  scores: ArrayLike<number>,
): number | undefined {
  let [below, tied, negatives, positives] = [0, 0, 0, 0];
  for (const group of groupsOf(isPositive, scores)) {
    below += group.positives * negatives;
    tied += group.positives * group.negatives;
    negatives += group.negatives;
    positives += group.positives;
  }
  if (positives === 0 || negatives === 0) return undefined;
  return (below + tied / 2) / (positives * negatives);
}

/**
 * Average precision, the area under the steps of precision over recall; undefined without positives.
 * @see sklearn.metrics.average_precision_score
 */
export function averagePrecision(
  isPositive: readonly boolean[],
  scores: ArrayLike<number>,
): number | undefined {
  const positives = isPositive.filter((positive) => positive).length;
  if (positives === 0) return undefined;
  let [found, seen, area] = [0, 0, 0];
  for (const group of groupsOf(isPositive, scores).reverse()) {
    found += group.positives;
    seen += group.positives + group.negatives;
    area += (group.positives / positives) * (found / seen);
  }
  return area;
}

/** ROC-AUC of each class against all others; undefined for a class without samples. */
export function rocAucPerClass(scored: Scored): readonly (number | undefined)[] {
  return perClass(scored, binaryRocAuc);
}

/** Average precision of each class against all others; undefined for a class without samples. */
export function averagePrecisionPerClass(scored: Scored): readonly (number | undefined)[] {
  return perClass(scored, averagePrecision);
}

/**
 * ROC-AUC of several classes, each against all others (`ovr`) or each pair by itself (`ovo`, Hand and Till 2001); of two
 * classes, that of the second. Undefined where a class has no samples. @see sklearn.metrics.roc_auc_score
 */
export function rocAuc(
  scored: Scored,
  scheme: "ovr" | "ovo" = "ovr",
  averaging: Averaging = "macro",
): number | undefined {
  const areas = rocAucPerClass(scored);
  if (scored.classes.length === 2) return areas[1];
  if (scheme === "ovr") return averageOf(areas, supportOf(scored), averaging);
  return pairwise(scored, averaging);
}

/** The average of what each class has; undefined where one has nothing. */
export function averageOf(
  values: readonly (number | undefined)[],
  support: readonly number[],
  averaging: Averaging,
): number | undefined {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return undefined;
  const weights = averaging === "macro" ? known.map(() => 1) : support;
  return sum(known.map((value, c) => value * (weights[c] ?? 0))) / sum(weights);
}

function perClass(
  scored: Scored,
  measure: (isPositive: readonly boolean[], scores: ArrayLike<number>) => number | undefined,
): readonly (number | undefined)[] {
  const truth = Array.from(scored.truth);
  return scored.classes.map((_, c) =>
    measure(
      truth.map((label) => label === c),
      scoresOf(scored, c),
    ),
  );
}

function pairwise(scored: Scored, averaging: Averaging): number | undefined {
  const truth = Array.from(scored.truth);
  const columns = scored.classes.map((_, c) => scoresOf(scored, c));
  const samples = columns.map((): number[] => []);
  truth.forEach((label, i) => {
    samples[label]?.push(i);
  });
  if (samples.some((own) => own.length === 0)) return undefined;
  const areas: (number | undefined)[] = [];
  const shares: number[] = [];
  for (let a = 0; a < columns.length; a++) {
    for (let b = a + 1; b < columns.length; b++) {
      const members = [...(samples[a] ?? []), ...(samples[b] ?? [])];
      const areaOf = (label: number) =>
        binaryRocAuc(
          members.map((i) => truth[i] === label),
          members.map((i) => columns[label]?.[i] ?? 0),
        );
      const [first, second] = [areaOf(a), areaOf(b)];
      areas.push(first === undefined || second === undefined ? undefined : (first + second) / 2);
      shares.push(members.length);
    }
  }
  return averageOf(areas, shares, averaging);
}

interface Group {
  positives: number;
  negatives: number;
}

/** Samples with equal scores together, from the lowest score to the highest. */
function groupsOf(isPositive: readonly boolean[], scores: ArrayLike<number>): Group[] {
  const order = Uint32Array.from(isPositive, (_, i) => i);
  order.sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  const groups: Group[] = [];
  let before = Number.NaN;
  for (const i of order) {
    const score = scores[i] ?? 0;
    if (score !== before) groups.push({ positives: 0, negatives: 0 });
    before = score;
    const group = groups[groups.length - 1];
    if (group !== undefined) group[isPositive[i] ? "positives" : "negatives"] += 1;
  }
  return groups;
}
