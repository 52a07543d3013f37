/** Python programs that judge: installed together on first use, into a folder of their own that checks share. */
export interface Environment {
  readonly name: string;
  readonly title: string;
  readonly packages: readonly string[];
  /** Versions of Python that it runs on, best first. */
  readonly python: readonly string[];
}

const PRESENT = ["3.11", "3.12", "3.13"] as const;

/** With later TensorFlows Keras 2.2.4 may read weights for the loss of a step that the step has changed already. */
export const KERAS_2: Environment = {
  name: "keras2",
  title: "Keras 2.2.4",
  packages: [
    ...["keras==2.2.4", "tensorflow==1.12.0", "h5py==2.10.0", "pillow<9"],
    ...["numpy<1.19", "protobuf<3.20"],
  ],
  python: ["3.6"],
};

/** keras-squeezenet asks for the whole TensorFlow, which has the kernels of tensorflow-cpu. */
export const TF_KERAS: Environment = {
  name: "tf-keras",
  title: "tf.keras 2.15",
  packages: ["tensorflow==2.15.1", "keras-squeezenet==0.4"],
  python: ["3.11", "3.10", "3.9"],
};

export const KERAS_3: Environment = {
  name: "keras3",
  title: "Keras 3",
  packages: ["keras==3.15.1", "tensorflow-cpu==2.21.0", "scipy<2", "pillow<13"],
  python: PRESENT,
};

/** What changed pictures up to tf.keras 2.8: of the time of Keras 2.2.4, and the last one. */
export const KERAS_PREPROCESSING: readonly Environment[] = ["1.1.0", "1.1.2"].map((version) => ({
  name: `keras-preprocessing-${version}`,
  title: `keras-preprocessing ${version}`,
  packages: [
    ...["numpy==1.16.6", "scipy==1.2.3", "Pillow==8.4.0"],
    `keras-preprocessing==${version}`,
  ],
  python: ["3.7", "3.6"],
}));

export const SCIKIT_LEARN: Environment = {
  name: "scikit-learn",
  title: "scikit-learn",
  packages: ["scikit-learn==1.9.1", "numpy<3", "pillow<13"],
  python: PRESENT,
};

/** Pillow 13 resizes otherwise. */
export const PILLOW: Environment = {
  name: "pillow",
  title: "Pillow",
  packages: ["pillow<13", "numpy<3"],
  python: PRESENT,
};

export const ONNX: Environment = {
  name: "onnx",
  title: "onnx 1.23.2 with onnxruntime 1.32.0",
  packages: ["onnx==1.23.2", "onnxruntime==1.32.0", "numpy<3"],
  python: PRESENT,
};

export const COREMLTOOLS: Environment = {
  name: "coremltools",
  title: "coremltools 9.0",
  packages: ["coremltools==9.0"],
  python: PRESENT,
};

export const TENSORBOARD: Environment = {
  name: "tensorboard",
  title: "TensorBoard 2.20.0",
  packages: ["tensorboard==2.20.0", "setuptools<81"],
  python: PRESENT,
};
