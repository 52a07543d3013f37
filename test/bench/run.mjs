// npm run bench [convert [mobilenet | resnet50 | vgg16 …]]
import { benchConvert } from "./convert.mjs";

const [what = "convert", ...rest] = process.argv.slice(2);
const benches = { convert: benchConvert };
if (!Object.hasOwn(benches, what)) {
  console.error(`No bench "${what}"; there are: ${Object.keys(benches).join(", ")}.`);
  process.exitCode = 2;
} else {
  await benches[what](rest);
}
