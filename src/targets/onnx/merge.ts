import type { Node } from "../../ir/graph.ts";
import type { ConcatOp, MergeOp } from "../../ir/ops/merge.ts";
import type { Emitters } from "../target.ts";
import { int } from "./attributes.ts";
import { elementOf } from "./element.ts";
import type { Emission, Tensor } from "./emission.ts";
import { naturalOrder, positionOf, sameOrder } from "./layout.ts";

/** Element by element, or one behind the other. */
export const mergeEmitters: Pick<Emitters<Emission>, "merge" | "concat"> = {
  merge: emitMerge,
  concat: emitConcat,
};

function emitMerge(node: Node<MergeOp>, emission: Emission): void {
  const w = emission.scribe(node);
  const tensors = alike(
    emission,
    node.inputs.map((_, index) => emission.float(node, index)),
  );
  const names = tensors.map(({ name }) => name);
  const order = tensors[0]?.order ?? [];
  const { variadic, binary } = OPERATORS[node.op.fn];
  const [first = "", ...others] = names;
  const result =
    variadic !== undefined && (names.length > 2 || binary === undefined)
      ? w.add(variadic, names)
      : others.reduce((sum, other) => w.add(binary ?? "", [sum, other]), first);
  emission.place(node, result, { order });
}

function emitConcat(node: Node<ConcatOp>, emission: Emission): void {
  const { op } = node;
  const w = emission.scribe(node);
  const dtype = emission.graph.types.get(node.outputs[0] ?? "")?.dtype ?? "float32";
  const element = elementOf(dtype);
  const tensors = alike(
    emission,
    node.inputs.map((_, index) => emission.cast(emission.input(node, index), element)),
  );
  const order = tensors[0]?.order ?? [];
  const names = tensors.map(({ name }) => name);
  const result = w.add("Concat", names, { axis: int(positionOf(order, op.axis)) });
  emission.place(node, result, { order, element });
}

/** All tensors in one order: the one that most of them have, of equals the first that is not Keras' own. */
function alike(emission: Emission, tensors: readonly Tensor[]): readonly Tensor[] {
  const votes = ({ order }: Tensor): number =>
    tensors.filter((other) => sameOrder(other.order, order)).length;
  const natural = ({ order }: Tensor): boolean => sameOrder(order, naturalOrder(order.length));
  const [best] = [...tensors].sort(
    (a, b) => votes(b) - votes(a) || Number(natural(a)) - Number(natural(b)),
  );
  return best === undefined ? [] : tensors.map((tensor) => emission.move(tensor, best.order));
}

interface Operators {
  /** Of any number of inputs. */
  readonly variadic?: string;
  /** Of two. */
  readonly binary?: string;
}

const OPERATORS: Readonly<Record<MergeOp["fn"], Operators>> = {
  add: { variadic: "Sum", binary: "Add" },
  subtract: { binary: "Sub" },
  multiply: { binary: "Mul" },
  divide: { binary: "Div" },
  average: { variadic: "Mean" },
  maximum: { variadic: "Max" },
  minimum: { variadic: "Min" },
};
