// npm run check:keras [-- name part…]: writes the fixtures as files of each generation, anew and translated, and lets Keras 2.2.4, tf.keras 2.15 and Keras 3
// load them, run them and go on training them.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { KcError } from "../../src/errors.ts";
import { bytesSource, collectBytes } from "../../src/formats/bytes.ts";
import { readCoreML } from "../../src/sources/coreml/index.ts";
import type { Generation } from "../../src/sources/keras/layer-spec.ts";
import { openTraced, type TracedModel } from "../../src/sources/keras/traced-model.ts";
import {
  type KerasContainer,
  type KerasGeneration,
  modelOfGraph,
  writeKeras,
} from "../../src/targets/keras/index.ts";
import { FIXTURES, listCases } from "../../test/cases.ts";
import { conclude } from "./conclude.ts";
import { type Environment, KERAS_2, KERAS_3, TF_KERAS } from "./environments.ts";
import { emptyFolder, installable, runPython } from "./python.ts";

interface Peer extends Environment {
  readonly peer: "keras3" | "tf.keras" | "keras2";
}

const PEERS: readonly Peer[] = [
  { peer: "keras2", ...KERAS_2 },
  { peer: "tf.keras", ...TF_KERAS },
  { peer: "keras3", ...KERAS_3 },
];

/** What a peer cannot run however it is written: Keras 2 lets no mask through Flatten. */
const REFUSED: Readonly<Partial<Record<Peer["peer"], readonly string[]>>> = {
  keras2: ["k3_embedding_mask_flatten"],
};

const FOLDER = emptyFolder("keras");
const DATA = join(FIXTURES, "training/data");
const wanted = process.argv.slice(2);
/** Models that kc does not read or does not say in other words. */
let refusals = 0;

/** One file for a peer to judge. */
interface Entry {
  readonly peer: Peer["peer"];
  readonly name: string;
  readonly model: string;
  readonly [more: string]: unknown;
}

/** What a peer says of a file. */
interface Verdict {
  readonly case: string;
  readonly problem: string | null;
  /** It cannot load the file from which this one was made either. */
  readonly skipped: boolean;
}

interface Judgement {
  readonly compared: number;
  readonly faults: readonly string[];
}

function judge(peer: Peer, own: readonly Entry[]): Judgement {
  const list = join(FOLDER, `${peer.name}.json`);
  writeFileSync(list, JSON.stringify(own));
  const told = runPython(peer, "keras_files.py", [peer.peer, list]);
  const verdicts: readonly Verdict[] = told
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  if (verdicts.length !== own.length)
    throw new Error(`${peer.title} judged ${verdicts.length} files of ${own.length}`);
  const refused = REFUSED[peer.peer] ?? [];
  const judged = verdicts.filter(
    (one) => !one.skipped && !refused.some((part) => one.case.includes(part)),
  );
  const faults = judged.flatMap(({ case: name, problem }) =>
    problem === null ? [] : [`${peer.title}: ${name}: ${problem}`],
  );
  console.log(
    `${peer.title}: ${judged.length - faults.length} of ${judged.length} files are right; ${own.length - judged.length} it cannot load however they are written`,
  );
  return { compared: judged.length, faults };
}

/** Every model of the fixtures, in the words of each generation that has them. */
function fixtureEntries(): readonly Entry[] {
  return ["micro", "generations", "layers", "snacks"].flatMap(listCases).flatMap((testCase) =>
    ["model.hdf5", "model.h5", "model.keras"].flatMap((file): readonly Entry[] => {
      const path = join(testCase.folder, file);
      const name = `${testCase.id}/${file}`;
      if (!existsSync(path) || !isWanted(name)) return [];
      const traced = opened(readFileSync(path), file);
      if (traced === undefined) return [];
      const { generation, backend, version } = traced.archive.dialect;
      const facts = { name, case: testCase.folder };
      const others = translations(generation).flatMap(([keras, container, peer]) =>
        entryOf(traced, { keras, container, peer }, facts),
      );
      const peer = PEER_OF.get(generation);
      const container = file === "model.keras" ? ".keras" : ".h5";
      // Kernels of Theano and of Keras on JAX are for these alone.
      const foreign =
        !["", "tensorflow"].includes(backend) ||
        UNLOADABLE.has(testCase.id) ||
        testCase.id.includes("k3_jax") ||
        (/^2\.(3|1[6-9]|2)/.test(version) && !version.startsWith("2.2.4"));
      const own =
        peer === undefined || foreign
          ? []
          : entryOf(edited(traced), { container, peer }, { ...facts, original: path });
      return [...others, ...own];
    }),
  );
}

/** What its own Keras cannot load, whoever wrote it. */
const UNLOADABLE: ReadonlySet<string> = new Set([
  "micro/topo_three_levels",
  "micro/topo_sequential_inputlayer",
  "generations/h5_scalar_strings_utf8",
]);

/** Goldens that do not compute what their Keras model does, or take single steps where it takes sequences. */
const OTHER =
  /relu_slope_threshold|softmax_axis1|bn_sequence|causal_dilated|on_sequence|maskzero|seq_axis2|timedistributed|shared_diverging|reset_after/;

/** Core ML networks, which become models of Keras. */
function coreMLEntries(): readonly Entry[] {
  return listCases("micro").flatMap(({ id, folder }): readonly Entry[] => {
    const path = join(folder, "golden.mlmodel");
    const name = `${id}/golden.mlmodel`;
    if (!existsSync(path) || OTHER.test(id) || !isWanted(name)) return [];
    return ([2, 3] as const).flatMap((keras): readonly Entry[] => {
      const traced = attempt(() =>
        modelOfGraph(readCoreML(bytesSource(readFileSync(path), "golden.mlmodel")).graph, keras),
      );
      if (traced === undefined) return [];
      const container = keras === 2 ? ".h5" : ".keras";
      const peer = keras === 2 ? "keras2" : "keras3";
      return entryOf(traced, { keras, container, peer }, { name, case: folder });
    });
  });
}

const PEER_OF: ReadonlyMap<Generation, Peer["peer"]> = new Map<Generation, Peer["peer"]>([
  [2, "keras2"],
  ["tf", "tf.keras"],
  [3, "keras3"],
]);

function translations(
  from: Generation,
): readonly (readonly [KerasGeneration, KerasContainer, Peer["peer"]])[] {
  return [
    ...(from === 3 ? [] : [[3, ".keras", "keras3"] as const]),
    ...(from === 2 ? [] : [[2, ".h5", "keras2"] as const]),
    ...(from === "tf" ? [] : [["tf", ".h5", "tf.keras"] as const]),
  ];
}

/** What Keras 2.2 does not know, written for tf.keras: models that Keras 3 makes for this. */
function laterEntries(): readonly Entry[] {
  const folder = join(FOLDER, "later");
  if (!isWanted("later") || installable([KERAS_3]).length === 0) return [];
  mkdirSync(folder);
  const names = runPython(KERAS_3, "later_models.py", [folder]).trim().split("\n");
  return names.flatMap((one) => {
    const own = join(folder, one);
    const traced = opened(readFileSync(join(own, "model.keras")), "model.keras");
    const facts = { name: `later/${one}`, case: own, later: own };
    return traced === undefined
      ? []
      : ([".h5", ".keras"] as const).flatMap((container) =>
          entryOf(traced, { keras: 2, container, peer: "tf.keras" }, facts),
        );
  });
}

/** Saved runs of training: their state must be understood. */
function runEntries(): readonly Entry[] {
  return ["training", "training_tf215"].flatMap((suite) =>
    readdirSync(join(FIXTURES, suite)).flatMap((run): readonly Entry[] => {
      const folder = join(FIXTURES, suite, run);
      const file = run.includes(".")
        ? undefined
        : readdirSync(folder).find((one) => one.startsWith("model_step3"));
      const name = `${suite}/${run}`;
      if (file === undefined || !isWanted(name) || WEIGHTED.test(name)) return [];
      const traced = opened(gunzipSync(readFileSync(join(folder, file))), file);
      if (traced === undefined) return [];
      const facts = { run: folder, data: DATA };
      const old = suite === "training";
      const own = {
        container: file.includes(".keras") ? ".keras" : ".h5",
        peer: old ? "keras2" : "tf.keras",
      } as const;
      return [
        ...entryOf(edited(traced), own, { ...facts, name, tolerance: 2e-5 }),
        // The formulas differ in their last digits between generations; a lost state would show in the first.
        ...(SAME.test(run)
          ? entryOf(
              traced,
              { keras: 3, container: ".keras", peer: "keras3" },
              { ...facts, name, tolerance: 2e-3 },
            )
          : []),
      ];
    }),
  );
}

/** Steps that weigh samples or change the rate on the way, and a state that Keras itself does not save whole. */
const WEIGHTED = /class_weight|sample_weight|lr_change|tf215.nadam/;
/** Optimizers whose formulas all generations share. */
const SAME =
  /^(sgd|sgd_momentum|sgd_nesterov|sgd_clipvalue|adam|adam_amsgrad|adam_epsilon|adamax|adam_fused_softmax)$/;

function isWanted(name: string): boolean {
  return wanted.length === 0 || wanted.some((part) => name.includes(part));
}

/** Undefined for what is refused. */
function opened(bytes: Uint8Array, file: string): TracedModel | undefined {
  return attempt(() => openTraced(bytesSource(bytes, file), {}));
}

/** So that nothing is copied from its file. */
function edited(traced: TracedModel): TracedModel {
  const { archive } = traced;
  return { ...traced, archive: { ...archive, model: { ...archive.model } } };
}

function entryOf(
  traced: TracedModel,
  {
    keras,
    container,
    peer,
  }: {
    readonly keras?: KerasGeneration;
    readonly container: KerasContainer;
    readonly peer: Peer["peer"];
  },
  facts: { readonly name: string; readonly [more: string]: unknown },
): readonly Entry[] {
  const words = keras === undefined ? {} : { keras };
  // What only Keras 2.2 is to judge is not written in later words.
  const result = attempt(() => writeKeras(traced, { container, ...words }));
  if (result === undefined || (peer === "keras2" && result.version.startsWith("2.15"))) return [];
  const bytes = collectBytes(result.file);
  const model = join(FOLDER, `${peer}__${facts.name.replaceAll("/", "__")}${container}`);
  writeFileSync(model, bytes);
  const scaled = result.warnings.some(({ text }) => text.startsWith("The weights of gates"));
  return [{ ...facts, peer, model, scaled }];
}

function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof KcError)) throw error;
    refusals += 1;
    return undefined;
  }
}

const entries = [...fixtureEntries(), ...coreMLEntries(), ...runEntries(), ...laterEntries()];
const judgements = installable(PEERS).flatMap((peer) => {
  const own = entries.filter((entry) => entry.peer === peer.peer);
  return own.length === 0 ? [] : [judge(peer, own)];
});
conclude(
  judgements.reduce((sum, { compared }) => sum + compared, 0),
  `files are right; ${refusals} are refused by kc`,
  judgements.flatMap(({ faults }) => faults),
);
