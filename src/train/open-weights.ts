import { keep, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { arithmeticOf } from "../targets/tfjs/tensorflow/arithmetic.ts";
import { tensorflowOps } from "../targets/tfjs/tensorflow/operations.ts";
import type { TrainingPlan } from "../targets/tfjs/training/training-plan.ts";
import { arrayStore } from "./array-store.ts";
import type { MovingStatistics } from "./moving-statistics.ts";
import type { OptimizerSettings } from "./optimizers/settings.ts";
import { takenTables } from "./taken-tables.ts";
import { tensorStore } from "./tensor-store.ts";
import type { OpenWeights, WeightStore } from "./weight-store.ts";

/** All weights as tensors, moving statistics included. */
export function openAll({
  store,
  statistics,
}: {
  readonly store: WeightStore;
  readonly statistics: MovingStatistics;
}): OpenWeights {
  const open = store.open();
  const moving = new Map<string, Tensor>();
  return {
    weightOf: (ref) => {
      const known = moving.get(ref.id);
      if (known !== undefined) return known;
      const values = statistics.valuesOf(ref);
      if (values === undefined) return open.weightOf(ref);
      const made = keep(tensor(values, [...ref.shape], "float32"));
      moving.set(ref.id, made);
      return made;
    },
    close: () => {
      for (const one of moving.values()) one.dispose();
      open.close();
    },
  };
}

/** TensorFlow updates where its kernels compute; what other backends compute is updated on arrays, and so are tables that go by rows. */
export function storeOf(plan: TrainingPlan, settings: OptimizerSettings): WeightStore {
  const byRows = takenTables(plan.graph, settings).size > 0;
  const operations = byRows ? undefined : tensorflowOps();
  const tensors = operations && tensorStore(plan, settings, arithmeticOf(operations));
  return tensors ?? arrayStore(plan, settings);
}
