import * as tf from "@tensorflow/tfjs-core";
import type { Arithmetic } from "../../src/targets/tfjs/tensorflow/arithmetic.ts";

const assignRow: Arithmetic["assignRow"] = (a, { index, rows }, numbers) => {
  const held = tf.backend().readSync(a.dataId);
  if (held instanceof Float32Array) {
    held.set(numbers.dataSync<"float32">(), (index * held.length) / rows);
  }
  return tf.reshape(a, [rows, -1]);
};

/** The arithmetic of TensorFlow in words of tfjs, which runs without it. */
export const ARITHMETIC: Arithmetic = {
  number: (value) => tf.scalar(value),
  add: (a, b) => tf.add(a, b),
  sub: (a, b) => tf.sub(a, b),
  mul: (a, b) => tf.mul(a, b),
  div: (a, b) => tf.div(a, b),
  maximum: (a, b) => tf.maximum(a, b),
  minimum: (a, b) => tf.minimum(a, b),
  square: (a) => tf.square(a),
  sqrt: (a) => tf.sqrt(a),
  abs: (a) => tf.abs(a),
  sign: (a) => tf.sign(a),
  halfSquares: (a) => tf.div(tf.sum(tf.square(a)), 2),
  row: (a, { index, rows }) =>
    tf.tidy(() => tf.slice(tf.reshape(a, [rows, -1]), [index, 0], [1, -1])),
  assignRow,
  assign: (a, numbers) => {
    assignRow(a, { index: 0, rows: 1 }, numbers).dispose();
  },
};
