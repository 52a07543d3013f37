// npm run bench [commands [summary | verify …] | convert [mobilenet | resnet50 | vgg16 …] | images [augmented] | predict [mobilenet …] | train [frozen | mobilenet …] [8 | 32] | wasm [mobilenet …]]
import { benchCommands } from "./commands.mjs";
import { benchConvert } from "./convert.mjs";

const [what = "convert", ...rest] = process.argv.slice(2);
const benches = {
  commands: benchCommands,
  convert: benchConvert,
  images: async (names) => (await import("./images.mjs")).benchImages(names),
  predict: async (names) => (await import("./predict.mjs")).benchPredict(names),
  train: async (names) =>
    names[0] === "frozen"
      ? (await import("./train-frozen.mjs")).benchFrozen()
      : (await import("./train.mjs")).benchTrain(names),
  wasm: async (names) => (await import("./wasm.mjs")).benchWasm(names),
};
if (!Object.hasOwn(benches, what)) {
  console.error(`No bench "${what}"; there are: ${Object.keys(benches).join(", ")}.`);
  process.exitCode = 2;
} else {
  await benches[what](rest);
}
