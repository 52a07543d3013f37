/** What is used of it; the language's library knows it with the browser's only. */
declare const WebAssembly: {
  readonly Memory: new (size: {
    readonly initial: number;
  }) => {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** Kernels that compute several numbers at a time, and the memory that they work on. */
export interface VectorKernels {
  /**
   * Room for blocks of so many bytes: where each begins, with bytes to spare behind it, since vectors reach beyond the last number. What was
   * there before is lost. Memory never shrinks.
   */
  places(lengths: readonly number[]): readonly number[];
  /** Until `places` is called again. */
  readonly memory: ArrayBuffer;
  call(kernel: string, ...numbers: readonly number[]): void;
}

/** Compiled kernels, base64, made ready when they are first asked for; undefined where there is no WebAssembly, or none with vectors. */
export function vectorKernels(compiled: string): () => VectorKernels | undefined {
  let started: { readonly kernels: VectorKernels | undefined } | undefined;
  return () => {
    started ??= { kernels: start(compiled) };
    return started.kernels;
  };
}

const PAGE = 2 ** 16;
const SPARE = 16;

function start(compiled: string): VectorKernels | undefined {
  try {
    const memory = new WebAssembly.Memory({ initial: 16 });
    const bytes = Uint8Array.from(atob(compiled), (letter) => letter.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { memory },
    });
    return {
      places(lengths) {
        const places: number[] = [];
        let end = 0;
        for (const length of lengths) {
          places.push(end);
          end += Math.ceil((length + SPARE) / SPARE) * SPARE;
        }
        const missing = end - memory.buffer.byteLength;
        if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
        return places;
      },
      get memory() {
        return memory.buffer;
      },
      call(kernel, ...numbers) {
        const f: unknown = Reflect.get(exports, kernel);
        if (typeof f === "function") f(...numbers);
      },
    };
  } catch {
    return undefined;
  }
}
