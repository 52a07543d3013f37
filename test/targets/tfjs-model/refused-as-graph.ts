/** Cases that a graph model cannot say, with the first reason. */
export const REFUSED_AS_GRAPH: ReadonlyMap<string, string> = new Map([
  [
    "micro/lstm_dynamic_time",
    "lstm_1: the number of its steps depends on a free size of the input.",
  ],
]);
