import { expect, test } from "vitest";
import { createBuilder } from "../../src/ir/create-builder.ts";
import type { Graph, Origin } from "../../src/ir/graph.ts";
import type { Op } from "../../src/ir/ops/index.ts";
import { printGraph } from "../../src/ir/print.ts";
import { consumersOf, dropUnused, producersOf, rewriteGraph } from "../../src/ir/rewrite.ts";
import { verifyGraph } from "../../src/ir/verify.ts";

const ORIGIN: Origin = { layer: "", className: "Activation", config: {}, call: 0, trainable: true };

function activation(fn: "tanh" | "sigmoid" | "linear"): Op {
  return { kind: "activation", activation: { fn }, weights: {} };
}

/** x -> a (tanh) -> b (linear) -> c (sigmoid); d (tanh) hangs on b. */
function chain(): Graph {
  const build = createBuilder({ name: "g", source: { format: "", version: "", backend: "" } });
  const add = (layer: string, op: Op, input: string): string =>
    build.add(op, [input], { ...ORIGIN, layer })[0] ?? "";
  const x = build.input("x", { dtype: "float32", shape: [null, 4] });
  const a = add("a", activation("tanh"), x);
  const b = add("b", activation("linear"), a);
  const c = add("c", activation("sigmoid"), b);
  add("d", activation("tanh"), b);
  return build.finish([{ name: "c", value: c }]);
}

function wiring(graph: Graph): readonly string[] {
  return graph.nodes.map((node) => `${node.id}(${node.inputs.join(", ")})`);
}

test("removing a node lets its readers read what it read", () => {
  const linear = (op: Op): boolean => op.kind === "activation" && op.activation.fn === "linear";
  const graph = rewriteGraph(chain(), (node) =>
    linear(node.op) ? { remove: node.inputs } : "keep",
  );
  expect(wiring(graph)).toEqual(["a(x)", "c(a)", "d(a)"]);
  expect(Object.isFrozen(graph.nodes)).toBe(true);
});

test("removing the last node moves the output", () => {
  const graph = rewriteGraph(chain(), (node) =>
    node.id === "c" ? { remove: node.inputs } : "keep",
  );
  expect(graph.outputs).toEqual([{ name: "c", value: "b" }]);
});

test("replacing a node by several infers the types anew", () => {
  const graph = rewriteGraph(chain(), (node) => {
    if (node.id !== "b") return "keep";
    const reshape: Op = { kind: "reshape", shape: [2, 2], weights: {} };
    const flat: Op = { kind: "reshape", shape: [4], weights: {} };
    return {
      replace: [
        { id: "b/in", op: reshape, inputs: node.inputs, outputs: ["b/in"] },
        { id: "b", op: flat, inputs: ["b/in"], outputs: node.outputs },
      ],
    };
  });
  expect(wiring(graph)).toEqual(["a(x)", "b/in(a)", "b(b/in)", "c(b)", "d(b)"]);
  expect(graph.types.get("b/in")?.shape).toEqual([null, 2, 2]);
  expect(graph.nodes[1]?.origin.layer).toBe("b");
});

test("a replacement that loses an output is caught", () => {
  const broken = () =>
    rewriteGraph(chain(), (node) => (node.id === "b" ? { replace: [] } : "keep"));
  expect(broken).toThrow('The graph "g" is not sound: "c" uses "b" before it is made.');
});

test("drops what no output needs", () => {
  expect(wiring(dropUnused(chain()))).toEqual(["a(x)", "b(a)", "c(b)"]);
});

test("lists who reads and who makes a value", () => {
  const graph = chain();
  expect(
    consumersOf(graph)
      .get("b")
      ?.map((node) => node.id),
  ).toEqual(["c", "d"]);
  expect(producersOf(graph).get("b")?.id).toBe("b");
  expect(producersOf(graph).has("x")).toBe(false);
});

test.each<[string, (graph: Graph) => Graph, string]>([
  [
    "a node twice",
    (graph) => ({ ...graph, nodes: [...graph.nodes, ...graph.nodes.slice(-1)] }),
    'two nodes are called "d"',
  ],
  [
    "nodes out of order",
    (graph) => ({ ...graph, nodes: graph.nodes.toReversed() }),
    '"d" uses "b" before it is made',
  ],
  [
    "an unknown output",
    (graph) => ({ ...graph, outputs: [{ name: "y", value: "y" }] }),
    'the output "y" is never made',
  ],
  [
    "a wrong type",
    (graph) => ({
      ...graph,
      types: new Map([...graph.types, ["b", { dtype: "float32", shape: [null, 5] }]]),
    }),
    '"b" states float32 (null, 5) but gives float32 (null, 4)',
  ],
  [
    "a superfluous type",
    (graph) => ({
      ...graph,
      types: new Map([...graph.types, ["z", { dtype: "float32", shape: [] }]]),
    }),
    'a type is stated for "z", which nothing makes',
  ],
])("verification finds %s", (_, damage, text) => {
  expect(() => verifyGraph(damage(chain()))).toThrow(`The graph "g" is not sound: ${text}.`);
});

test("prints no writer where the source names none", () => {
  expect(printGraph(chain()).split("\n")[0]).toBe('graph "g"');
});
