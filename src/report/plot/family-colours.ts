import type { LayerFamily } from "./picture.ts";

/** Strong enough for white text on it (a contrast of 4.5 and more), and told apart by those who confuse red and green. */
export const FAMILY_COLOURS: Readonly<Record<LayerFamily, string>> = {
  port: "#263238",
  conv: "#1c5fa5",
  dense: "#6a3d9a",
  recurrent: "#a3286a",
  attention: "#3f4bb5",
  embedding: "#7a4a2b",
  norm: "#2e6f40",
  pool: "#a8391f",
  activation: "#8a5a00",
  merge: "#0b6b73",
  shape: "#56606e",
  training: "#6b6358",
  model: "#37474f",
  other: "#4d4d4d",
};

/** Colours of everything else, for a light and for a dark page. */
export const PAGE_COLOURS = {
  light: {
    page: "#ffffff",
    box: "#ffffff",
    text: "#1a1f26",
    muted: "#4a5563",
    line: "#5b6673",
    frames: ["#f3f6fa", "#e8eef5", "#dde6f0"],
    frameLine: "#8494a8",
  },
  dark: {
    page: "#12161c",
    box: "#1d232c",
    text: "#eef2f7",
    muted: "#b4bfcc",
    line: "#93a1b1",
    frames: ["#181e27", "#1f2733", "#27313f"],
    frameLine: "#66778c",
  },
} as const;
