// Joins the command line's modules into a few files, one for each command: Node loads them in half the time that
// some 350 small modules take. Dependencies stay outside, the library in dist/ stays as the compiler wrote it.
import { build } from "esbuild";

await build({
  // Threads start with a file of their own.
  entryPoints: {
    main: "src/cli/main.ts",
    "onnx-worker": "src/backends/onnx-worker.ts",
    "picture-worker": "src/io/pictures/picture-worker.ts",
  },
  outdir: "dist/kc",
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  logLevel: "warning",
});
