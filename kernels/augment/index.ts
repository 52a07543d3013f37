export { affine } from "./affine";
export { extent, finish } from "./finish";
export { spread } from "./spread";
