import type { PictureFile } from "../io/pictures/picture-set.ts";
import { type TrainPlan, trainPlanText } from "../report/train-plan.ts";
import { trainableReport } from "../surgery/trainable-report.ts";
import type { FlagReader } from "./flag-reader.ts";
import type { TrainPictures } from "./train-data.ts";
import type { Trainee } from "./train-model.ts";
import { trainSetup } from "./train-setup.ts";

/** Tells what a run would train, and with which pictures, on the standard output. */
export function tellPlan(trainee: Trainee, pictures: TrainPictures, flags: FlagReader): void {
  const { training } = trainSetup(trainee.graph, flags);
  const { layers, parameters, trained } = trainableReport(trainee.traced);
  const plan: TrainPlan = {
    model: trainee.name,
    changes: trainee.changes,
    layers,
    parameters,
    trained,
    optimizer: training.optimizer.name,
    losses: training.losses,
    metrics: training.metrics,
    classes: pictures.classes.map((label, index) => ({
      label,
      pictures: countOf(pictures.train.files, index),
      validation: countOf(pictures.validation?.files ?? [], index),
    })),
  };
  const text = flags.has("json") ? `${JSON.stringify(plan, null, 2)}\n` : trainPlanText(plan);
  process.stdout.write(text);
}

function countOf(files: readonly Pick<PictureFile, "label">[], label: number): number {
  return files.filter((file) => file.label === label).length;
}
