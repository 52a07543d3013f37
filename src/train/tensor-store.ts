import { clone, fill, keep, sum, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { fail } from "../errors.ts";
import type { WeightPenalty } from "../ir/graph.ts";
import { readFloat32, sizeOf, type WeightRef } from "../ir/tensor.ts";
import type { Arithmetic } from "../targets/tfjs/tensorflow/arithmetic.ts";
import type { PlannedWeight, TrainingPlan } from "../targets/tfjs/training/training-plan.ts";
import { weightsOf } from "./array-store.ts";
import { constrain, constraintsOf, type HeldWeight } from "./constraints.ts";
import {
  createOptimizer,
  decayedRate,
  followSchedule,
  type Optimizer,
} from "./optimizers/optimizer.ts";
import { ruleOf } from "./optimizers/rules.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";
import { slotsBeside } from "./optimizers/slots.ts";
import { orthogonalSlope } from "./orthogonal-penalty.ts";
import { penaltiesOf, penaltyOf } from "./penalties.ts";
import { clipTensors, isClipping } from "./tensor-clip.ts";
import { tensorRuleOf } from "./tensor-rules.ts";
import {
  type RecordedUpdate,
  recordUpdate,
  type TensorsUpdate,
  type UpdatedPart,
  updateParts,
} from "./tensor-update.ts";
import { groupsOf, joined, parted, type WeightGroup } from "./weight-groups.ts";
import type { OpenWeights, OptimizerCounters, WeightStore } from "./weight-store.ts";

/** Weights, gradients and slots as tensors that stay where they are computed. Undefined for optimizers without a rule on tensors. */
export function tensorStore(
  plan: TrainingPlan,
  settings: OptimizerSettings,
  arithmetic: Arithmetic,
): WeightStore | undefined {
  // What is kept beside the slots of the formulas is followed on arrays.
  const isPlain = slotsBeside(settings).length === 0;
  const rule = isPlain ? tensorRuleOf(settings, arithmetic) : undefined;
  return rule && new TensorStore(plan, { settings, rule, arithmetic });
}

class TensorStore implements WeightStore {
  /** Such tables are updated on arrays. */
  readonly tables: WeightStore["tables"] = new Map();
  readonly counters: OptimizerCounters;
  readonly #weights: readonly PlannedWeight[];
  readonly #penalties: readonly WeightPenalty[];
  readonly #constraints: readonly HeldWeight[];
  readonly #update: TensorsUpdate;
  readonly #tensors = new Map<string, Tensor>();
  readonly #groups: readonly WeightGroup[];
  readonly #slots = new Map<WeightGroup, readonly Tensor[]>();
  /** Means since the last update, by the id of the weight. */
  readonly #gradients = new Map<string, Tensor>();
  #samples = 0;
  #recorded: { readonly update: RecordedUpdate | undefined } | undefined;
  /** What penalties of frozen weights add. */
  #frozenPenalty: number | undefined;

  constructor(plan: TrainingPlan, update: TensorsUpdate) {
    const { settings } = update;
    this.#update = update;
    this.#weights = plan.weights;
    this.#groups = groupsOf(plan.weights.map(({ ref }) => ref));
    const trained = plan.weights.map(({ ref }) => ref);
    this.#penalties = penaltiesOf(plan.graph, trained);
    this.#constraints = constraintsOf(plan.graph, trained);
    const learningRate = Math.fround(settings.config.learning_rate);
    const scheduled = settings.schedule !== undefined;
    this.counters = { iterations: 0, learningRate, scheduled, product: 1 };
    for (const ref of weightsOf(plan.graph)) {
      this.#tensors.set(ref.id, uploaded(ref, update.arithmetic));
    }
    // Before the first batch, so that what lives long lies side by side.
    const { slots } = ruleOf(settings);
    for (const group of this.#groups) {
      this.#slots.set(
        group,
        slots.map(({ initial }) => keep(fill([...group.shape], initial))),
      );
    }
  }

  open(): OpenWeights {
    return { weightOf: (ref) => this.#tensorOf(ref), close: () => {} };
  }

  collect(gradients: ReadonlyMap<string, Tensor>, samples: number): Promise<void> {
    this.#samples += samples;
    const share = samples / this.#samples;
    const { arithmetic: a } = this.#update;
    for (const { ref } of this.#weights) {
      const [before, own] = [this.#gradients.get(ref.id), gradients.get(ref.id)];
      const mean = tidy(() => {
        if (before === undefined) return own === undefined ? zeros([...ref.shape]) : clone(own);
        const towards = own === undefined ? a.mul(before, a.number(-1)) : a.sub(own, before);
        return a.add(before, a.mul(towards, a.number(share)));
      });
      before?.dispose();
      this.#gradients.set(ref.id, keep(mean));
    }
    return Promise.resolve();
  }

  penalty(): number {
    const trained = new Set(this.#weights.map(({ ref }) => ref.id));
    const total = (penalties: readonly WeightPenalty[]): number =>
      penalties.reduce((all, one) => all + this.#penaltyOf(one), 0);
    const isTrained = ({ weight }: WeightPenalty): boolean => trained.has(weight.id);
    this.#frozenPenalty ??= total(this.#penalties.filter((one) => !isTrained(one)));
    return this.#frozenPenalty + total(this.#penalties.filter(isTrained));
  }

  update(): void {
    const { settings, rule } = this.#update;
    this.#addPenaltySlopes();
    if (isClipping(settings)) this.#clip();
    const step = this.counters.iterations + 1;
    const rate = decayedRate(settings, { ...this.counters, slots: [] });
    const decay = settings.config.weight_decay === 0 ? undefined : settings.config.weight_decay;
    const decays = decay === undefined ? [] : [decay, rate];
    this.#stepAll([...rule.numbers({ rate, step, product: 1 }), ...decays]);
    this.#constrain();
    this.counters.iterations = step;
    followSchedule(settings, this.counters);
    this.#samples = 0;
  }

  finish(): void {}

  valuesOf(ref: WeightRef): Float32Array | undefined {
    const held = this.#tensors.get(ref.id);
    return held === undefined ? undefined : valuesOf(held);
  }

  setValues(ref: WeightRef, values: Float32Array): void {
    this.#tensorOf(ref).dispose();
    this.#tensors.set(ref.id, keep(tensor(values.slice(), [...ref.shape], "float32")));
    this.#frozenPenalty = undefined;
  }

  readOptimizer(): Optimizer {
    const optimizer = createOptimizer(
      this.#update.settings,
      this.#weights.map(({ ref }) => sizeOf(ref.shape)),
    );
    Object.assign(optimizer.state, this.counters);
    const places = this.#places();
    for (const [group, slots] of this.#slots) {
      for (const [at, slot] of slots.entries()) {
        const parts = parted(group, slot);
        for (const [index, ref] of group.refs.entries()) {
          const [part, place] = [parts[index], places.get(ref.id) ?? -1];
          if (part !== undefined) optimizer.state.slots[place]?.[at]?.set(valuesOf(part));
          part?.dispose();
        }
      }
    }
    return optimizer;
  }

  replaceOptimizer({ state }: Optimizer): void {
    const { iterations, learningRate, scheduled, product } = state;
    Object.assign(this.counters, { iterations, learningRate, scheduled, product });
    const places = this.#places();
    for (const group of this.#groups) {
      for (const old of this.#slots.get(group) ?? []) old.dispose();
      const [count = 0] = group.refs.map(({ id }) => state.slots[places.get(id) ?? -1]?.length);
      const slots = Array.from({ length: count }, (_, at) => {
        const parts = group.refs.map(({ id, shape }) => {
          const values = state.slots[places.get(id) ?? -1]?.[at] ?? new Float32Array(0);
          return tensor(values.slice(), [...shape], "float32");
        });
        const together = keep(joined(group, parts));
        for (const part of parts) part.dispose();
        return together;
      });
      this.#slots.set(group, slots);
    }
  }

  dispose(): void {
    const all = [...this.#tensors.values(), ...this.#gradients.values()];
    for (const one of [...all, ...[...this.#slots.values()].flat()]) one.dispose();
    for (const map of [this.#tensors, this.#gradients, this.#slots]) map.clear();
    this.#recorded?.update?.dispose();
  }

  #tensorOf(ref: WeightRef): Tensor {
    return this.#tensors.get(ref.id) ?? fail("internal", `The weight ${ref.id} is not there.`);
  }

  #penaltyOf(penalty: WeightPenalty): number {
    const { weight, l1, l2, orthogonal } = penalty;
    if (orthogonal !== undefined) return penaltyOf(penalty, valuesOf(this.#tensorOf(weight)));
    const { arithmetic: a } = this.#update;
    return tidy(() => {
      const held = this.#tensorOf(weight);
      const squares = l2 === 0 ? 0 : 2 * (a.halfSquares(held).dataSync()[0] ?? 0);
      const absolute = l1 === 0 ? 0 : (sum(a.abs(held)).dataSync()[0] ?? 0);
      return l1 * absolute + l2 * squares;
    });
  }

  #addPenaltySlopes(): void {
    const { arithmetic: a } = this.#update;
    for (const { weight, l1, l2, orthogonal } of this.#penalties) {
      const gradient = this.#gradients.get(weight.id);
      if (gradient === undefined) continue;
      const held = this.#tensorOf(weight);
      const whole = tidy(() => {
        const ofSquares = l2 === 0 ? gradient : a.add(gradient, a.mul(held, a.number(2 * l2)));
        if (orthogonal !== undefined) {
          const slope = orthogonalSlope(orthogonal, valuesOf(held));
          return a.add(gradient, tensor(slope, [...held.shape], "float32"));
        }
        return l1 === 0 ? clone(ofSquares) : a.add(ofSquares, a.mul(a.sign(held), a.number(l1)));
      });
      gradient.dispose();
      this.#gradients.set(weight.id, keep(whole));
    }
  }

  #clip(): void {
    const { settings, arithmetic } = this.#update;
    const given = this.#weights.flatMap(({ ref }) => this.#gradients.get(ref.id) ?? []);
    const clipped = clipTensors(settings, given, arithmetic);
    for (const one of given) one.dispose();
    this.#weights.forEach(({ ref }, index) => {
      const own = clipped[index];
      if (own !== undefined) this.#gradients.set(ref.id, keep(own));
    });
  }

  /** Steps on all groups that have gradients, with the numbers of this step. */
  #stepAll(numbers: readonly number[]): void {
    const parts = this.#groups.flatMap((group) => this.#partOf(group) ?? []);
    const update = this.#update;
    const isWhole = parts.length === this.#groups.length;
    tidy(() => {
      const given = numbers.map((one) => update.arithmetic.number(one));
      if (isWhole && this.#recorded === undefined) {
        this.#recorded = { update: recordUpdate(parts, given, update) };
        return;
      }
      const recorded = isWhole ? this.#recorded?.update : undefined;
      if (recorded === undefined) updateParts(parts, given, update);
      else recorded.run(parts, given);
    });
    for (const one of this.#gradients.values()) one.dispose();
    this.#gradients.clear();
  }

  #partOf(group: WeightGroup): UpdatedPart | undefined {
    const { refs } = group;
    const gradients = refs.flatMap((ref) => this.#gradients.get(ref.id) ?? []);
    if (gradients.length < refs.length) return undefined;
    const held = refs.map((ref) => this.#tensorOf(ref));
    return { group, held, gradients, slots: this.#slots.get(group) ?? [] };
  }

  /** Over the plain numbers: few models have constraints. */
  #constrain(): void {
    for (const { ref, rule, shape } of this.#constraints) {
      const held = valuesOf(this.#tensorOf(ref));
      constrain(rule, held, shape);
      this.setValues(ref, held);
    }
  }

  #places(): ReadonlyMap<string, number> {
    return new Map(this.#weights.map(({ ref }, index) => [ref.id, index]));
  }
}

/** A copy in the backend's own memory: an array that a tensor shares would stay until the collector comes by. */
function uploaded(ref: WeightRef, a: Arithmetic): Tensor {
  return tidy(() => keep(a.mul(tensor(readFloat32(ref), [...ref.shape], "float32"), a.number(1))));
}

function valuesOf(held: Tensor): Float32Array {
  return Float32Array.from(held.dataSync());
}
