export { summariseTfjsGraph, type TfjsGraphSummary } from "./summarise.ts";
