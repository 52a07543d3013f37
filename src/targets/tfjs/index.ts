export {
  buildTfjs,
  type NamedRunArray,
  type RunArray,
  type TfjsOptions,
  type TfjsRunnable,
} from "./runnable.ts";
