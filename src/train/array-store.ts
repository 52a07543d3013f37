import { keep, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import type { Graph, WeightPenalty } from "../ir/graph.ts";
import { readFloat32, sizeOf, type WeightRef } from "../ir/tensor.ts";
import {
  apartRef,
  squaresRef,
  type TableRule,
  takenRef,
} from "../targets/tfjs/backward/table-rows.ts";
import type { TrainingPlan } from "../targets/tfjs/training/training-plan.ts";
import { constrain, constraintsOf, type HeldWeight } from "./constraints.ts";
import { createOptimizer, type Optimizer } from "./optimizers/optimizer.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";
import type { TableRows } from "./optimizers/table-rows.ts";
import { addPenaltySlope, penaltiesOf, penaltyOf } from "./penalties.ts";
import { takenTables } from "./taken-tables.ts";
import type { OpenWeights, WeightStore } from "./weight-store.ts";

/** Weights, gradients and slots as plain arrays, uploaded for each batch: where the backend is no faster at the update. */
export function arrayStore(plan: TrainingPlan, settings: OptimizerSettings): WeightStore {
  const sizes = plan.weights.map(({ ref }) => sizeOf(ref.shape));
  return new ArrayStore(plan, createOptimizer(settings, sizes));
}

/** All arrays that the nodes of a graph and its penalties read, each once, but for moving statistics. */
export function weightsOf(graph: Graph): readonly WeightRef[] {
  const found = new Map<string, WeightRef>();
  for (const { op } of graph.nodes) {
    const entries = Object.entries<WeightRef | undefined>(op.weights);
    for (const [role, ref] of entries) {
      const moving = op.kind === "batchNorm" && STATISTICS.has(role);
      if (ref !== undefined && !moving) found.set(ref.id, ref);
    }
  }
  for (const { weight } of graph.penalties?.weights ?? []) found.set(weight.id, weight);
  return [...found.values()];
}

const STATISTICS: ReadonlySet<string> = new Set(["mean", "variance"]);

class ArrayStore implements WeightStore {
  readonly tables: WeightStore["tables"];
  readonly #plan: TrainingPlan;
  readonly #arrays: ReadonlyMap<string, Float32Array>;
  readonly #penalties: readonly WeightPenalty[];
  readonly #constraints: readonly HeldWeight[];
  /** Mean gradients since the last update, in the order of the weights. */
  #gradients: Float32Array[];
  /** What is known of single rows since the last update, likewise. */
  #rows: (TableRows | undefined)[] = [];
  #samples = 0;
  #optimizer: Optimizer;

  constructor(plan: TrainingPlan, optimizer: Optimizer) {
    this.#plan = plan;
    this.#optimizer = optimizer;
    this.tables = takenTables(plan.graph, optimizer.settings);
    const trained = plan.weights.map(({ ref }) => ref);
    this.#penalties = penaltiesOf(plan.graph, trained);
    this.#constraints = constraintsOf(plan.graph, trained);
    this.#arrays = new Map(weightsOf(plan.graph).map((ref) => [ref.id, readFloat32(ref)]));
    this.#gradients = plan.weights.map(({ ref }) => new Float32Array(sizeOf(ref.shape)));
  }

  get counters(): Optimizer["state"] {
    return this.#optimizer.state;
  }

  open(): OpenWeights {
    const tensors = new Map<string, Tensor>();
    return {
      weightOf: (ref) => {
        const known = tensors.get(ref.id);
        if (known !== undefined) return known;
        const made = keep(tensor(this.#arrayOf(ref), [...ref.shape], "float32"));
        tensors.set(ref.id, made);
        return made;
      },
      close: () => {
        for (const one of tensors.values()) one.dispose();
      },
    };
  }

  async collect(gradients: ReadonlyMap<string, Tensor>, samples: number): Promise<void> {
    const before = this.#samples;
    this.#samples += samples;
    const share = samples / this.#samples;
    const own = await Promise.all(
      this.#plan.weights.map(({ ref }) => gradients.get(ref.id)?.data()),
    );
    own.forEach((gradient, index) => {
      const mean = this.#gradients[index] ?? new Float32Array(0);
      if (before === 0) mean.set(gradient ?? new Float32Array(mean.length));
      else if (gradient === undefined) scale(mean, 1 - share);
      else moveTowards(mean, gradient, share);
    });
    if (before === 0) this.#rows = [];
    for (const [index, { ref }] of this.#plan.weights.entries()) {
      const refs = [squaresRef(ref), takenRef(ref), apartRef(ref)];
      const [squares, taken, apart] = refs.map(({ id }) => gradients.get(id));
      if (squares === undefined || taken === undefined) continue;
      const [[whole = 0], counts] = [await squares.data(), await taken.data()];
      const own = await apart?.data();
      const seen = {
        squares: whole,
        taken: Float32Array.from(counts),
        ...(own && { apart: Float32Array.from(own) }),
      };
      const kind = this.tables.get(ref.id)?.apart;
      this.#rows[index] = withRows(this.#rows[index], seen, { share, kind });
    }
  }

  penalty(): number {
    return this.#penalties.reduce(
      (sum, penalty) => sum + penaltyOf(penalty, this.#arrayOf(penalty.weight)),
      0,
    );
  }

  update(): void {
    const { weights } = this.#plan;
    const places = new Map(weights.map(({ ref }, index) => [ref.id, index]));
    for (const penalty of this.#penalties) {
      const gradient = this.#gradients[places.get(penalty.weight.id) ?? -1];
      if (gradient !== undefined) {
        addPenaltySlope(penalty, this.#arrayOf(penalty.weight), gradient);
      }
    }
    this.#optimizer.step(
      weights.map(({ ref }) => this.#arrayOf(ref)),
      this.#gradients,
      this.#rows,
    );
    for (const { ref, rule, shape } of this.#constraints) {
      constrain(rule, this.#arrayOf(ref), shape);
    }
    this.#samples = 0;
  }

  finish(): void {
    this.#optimizer.finish(this.#plan.weights.map(({ ref }) => this.#arrayOf(ref)));
  }

  valuesOf(ref: WeightRef): Float32Array | undefined {
    return this.#arrays.get(ref.id);
  }

  setValues(ref: WeightRef, values: Float32Array): void {
    this.#arrayOf(ref).set(values);
  }

  readOptimizer(): Optimizer {
    return this.#optimizer;
  }

  replaceOptimizer(optimizer: Optimizer): void {
    this.#optimizer = optimizer;
  }

  dispose(): void {
    this.#gradients = [];
  }

  #arrayOf(ref: WeightRef): Float32Array {
    return this.#arrays.get(ref.id) ?? fail("internal", `The weight ${ref.id} is not there.`);
  }
}

function scale(values: Float32Array, factor: number): void {
  for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * factor;
}

function moveTowards(mean: Float32Array, values: ArrayLike<number>, share: number): void {
  for (let i = 0; i < mean.length; i++) {
    const before = mean[i] ?? 0;
    mean[i] = before + ((values[i] ?? 0) - before) * share;
  }
}

/** Rows of another batch beside those before, each with its share in the mean. */
function withRows(
  before: TableRows | undefined,
  own: TableRows,
  { share, kind }: { readonly share: number; readonly kind: TableRule["apart"] },
): TableRows {
  const [rest, power] = [1 - share, kind === "magnitudes" ? 1 : 2];
  const apart = own.apart?.map(
    (value, i) => value * share ** power + (before?.apart?.[i] ?? 0) * rest ** power,
  );
  return {
    squares: (before?.squares ?? 0) * rest ** 2 + own.squares * share ** 2,
    taken: own.taken.map((count, row) => count + (before?.taken[row] ?? 0)),
    ...(apart && { apart }),
  };
}
