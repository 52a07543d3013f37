// npm run check:metrics [-- SEED COUNT]: measures random predictions as scikit-learn does, to 1e-12, and its report byte for byte.
import {
  classificationReport,
  classScores,
  confusionMatrix,
  evaluateScores,
} from "../../src/evaluate/index.ts";
import { conclude } from "./conclude.ts";
import { SCIKIT_LEARN } from "./environments.ts";
import { runPython } from "./python.ts";

interface Case {
  readonly names: readonly string[];
  readonly truth: readonly number[];
  readonly scores: readonly number[];
  readonly digits: number;
  readonly zero: 0 | 1;
  readonly report: string;
  readonly accuracy: number;
  readonly kappa: number | null;
  readonly matthews: number;
  readonly balanced: number;
  readonly logLoss: number;
  readonly brier: number | null;
  readonly ovrMacro: number | null;
  readonly ovrWeighted: number | null;
  readonly ovoMacro: number | null;
  readonly ovoWeighted: number | null;
  readonly precisions: readonly (number | null)[];
  readonly trueShare: readonly number[];
  readonly meanConfidence: readonly number[];
}

const [seed = "1", count = "400"] = process.argv.slice(2);
const told = runPython(SCIKIT_LEARN, "metrics.py", [seed, count]);
const { sklearn, cases }: { sklearn: string; cases: readonly Case[] } = JSON.parse(told);
const faults = cases.map(faultsOf);
conclude(
  cases.length,
  `cases are as scikit-learn ${sklearn} has them (seed ${seed})`,
  faults.flatMap((own, number) => own.map((fault) => `${number}: ${fault}`)),
  faults.filter((own) => own.length > 0).length,
);

function faultsOf(item: Case): readonly string[] {
  const evaluation = evaluateScores({
    classes: item.names,
    truth: item.truth,
    scores: item.scores,
  });
  const matrix = confusionMatrix(item.truth, evaluation.predicted, item.names.length);
  const report = classificationReport(item.names, classScores(matrix, item.zero), item.digits);
  const filled = evaluation.calibration.bins.filter((bin) => bin.count > 0);
  const curve = item.trueShare.length === 0 ? [] : filled;
  const pairs: readonly (readonly [string, number | undefined, number | null | undefined])[] = [
    ["accuracy", evaluation.accuracy, item.accuracy],
    ["kappa", evaluation.cohenKappa, item.kappa],
    ["matthews", evaluation.matthews, item.matthews],
    ["balanced", evaluation.balancedAccuracy, item.balanced],
    ["logLoss", evaluation.logLoss, item.logLoss],
    ["brier", evaluation.brier, item.brier],
    ["ovrMacro", evaluation.rocAuc.ovrMacro, item.ovrMacro],
    ["ovrWeighted", evaluation.rocAuc.ovrWeighted, item.ovrWeighted],
    ["ovoMacro", evaluation.rocAuc.ovoMacro, item.ovoMacro],
    ["ovoWeighted", evaluation.rocAuc.ovoWeighted, item.ovoWeighted],
    ...item.precisions.map(
      (value, c) => [`precision of ${c}`, evaluation.averagePrecision.perClass[c], value] as const,
    ),
    ...curve.map((bin, i) => [`share of bin ${i}`, bin.accuracy, item.trueShare[i]] as const),
    ...curve.map((bin, i) => [`bin ${i}`, bin.confidence, item.meanConfidence[i]] as const),
  ];
  const faults = pairs.flatMap(([name, ours, theirs]) =>
    isEqual(ours, theirs) ? [] : [`${name} is ${ours}, expected ${theirs}`],
  );
  return report === item.report
    ? faults
    : [...faults, `the report is\n${report}\nnot\n${item.report}`];
}

function isEqual(ours: number | undefined, theirs: number | null | undefined): boolean {
  if (theirs === null || theirs === undefined) return ours === undefined || Number.isNaN(ours);
  return Math.abs((ours ?? Number.NaN) - theirs) <= 1e-12;
}
