/** How far a run is, as its line tells. */
export interface TrainingProgress {
  /** Batches of this epoch that are done. */
  readonly done: number;
  readonly batches: number;
  /** Seconds since the epoch began. */
  readonly seconds: number;
  /** By name: `loss`, `acc`, `val_loss`, … */
  readonly logs: Readonly<Record<string, number>>;
}

/** `Epoch 3/12` */
export function epochTitle(epoch: number, epochs: number): string {
  return `Epoch ${epoch + 1}/${epochs}`;
}

/** ` 9/22 [===========>..................] - ETA: 2s - loss: 0.5125 - acc: 0.8556`, as Keras' progress bar. */
export function progressBar({ done, batches, seconds, logs }: TrainingProgress): string {
  const left = (seconds / Math.max(done, 1)) * (batches - done);
  const time = done === 0 ? "" : ` - ETA: ${duration(left)}`;
  return `${count(done, batches)} [${bar(done, batches)}]${time}${measured(logs)}`;
}

/** `22/22 [==============================] - 1s 55ms/step - loss: 0.4511 - acc: 0.8827 - val_loss: 0.3262 - val_acc: 0.8997` */
export function epochLine({ batches, seconds, logs }: TrainingProgress): string {
  const each = (seconds * 1000) / Math.max(batches, 1);
  const step =
    each >= 1000
      ? `${Math.round(each / 1000)}s`
      : each < 1
        ? `${Math.round(each * 1000)}us`
        : `${Math.round(each)}ms`;
  const line = `${count(batches, batches)} [${bar(batches, batches)}]`;
  return `${line} - ${duration(seconds)} ${step}/step${measured(logs)}`;
}

const WIDTH = 30;

function bar(done: number, batches: number): string {
  const filled = Math.floor((WIDTH * done) / Math.max(batches, 1));
  if (filled >= WIDTH) return "=".repeat(WIDTH);
  if (filled === 0) return ".".repeat(WIDTH);
  return `${"=".repeat(filled - 1)}>${".".repeat(WIDTH - filled)}`;
}

function count(done: number, batches: number): string {
  const all = String(batches);
  return `${String(done).padStart(all.length)}/${all}`;
}

/** `7s`, `1:05`, `2:00:09`: whole seconds, as Keras has them. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (value: number): string => String(value).padStart(2, "0");
  if (hours > 0) return `${hours}:${two(minutes)}:${two(rest)}`;
  return whole >= 60 ? `${minutes}:${two(rest)}` : `${whole}s`;
}

function measured(logs: Readonly<Record<string, number>>): string {
  return Object.entries(logs)
    .map(([name, value]) => ` - ${name}: ${shown(value)}`)
    .join("");
}

function shown(value: number): string {
  if (Math.abs(value) > 1e-3) return value.toFixed(4);
  return value.toExponential(4).replace(/e([+-])(\d)$/, "e$10$2");
}
