import type { RuleId } from "./rules.ts";

/** A class or function that Keras would look up, and by the way it is looked up. */
export interface PythonName {
  readonly module: string;
  /** Empty when the config does not say. */
  readonly name: string;
  readonly kind: "class" | "function";
}

/**
 * Whether Keras can look up a name without harm: undefined, or the rule that it breaks.
 *
 * @see keras/src/saving/serialization_lib.py `_retrieve_class_or_fn`: it imports any `module` and takes the attribute of
 * that name; CVE-2025-1550, CVE-2025-8747 (functions of Keras itself), CVE-2025-9906
 */
export function judgePythonName({ module, name, kind }: PythonName): RuleId | undefined {
  if (module === "builtins") {
    return HARMFUL_BUILTINS.has(name) || (kind === "class" && !VALUES.has(name))
      ? "code/foreign-module"
      : undefined;
  }
  if (module === "__main__" || module === "") return undefined;
  const keras = KERAS.exec(module)?.[1];
  if (keras !== undefined) return judgeKerasName(keras, name, kind);
  const [root = ""] = module.split(".");
  if (root === "tensorflow") return isHarmfulSymbol(name) ? "code/file-operation" : undefined;
  if (FRIENDS.has(root)) return isClassName(name) ? undefined : "code/keras-function";
  return SYSTEM.has(root) || module.startsWith("_") ? "code/foreign-module" : "code/custom-module";
}

/** Whether a TensorFlow symbol (`io.write_file`, `WriteFile`) reaches beyond tensors. */
export function isHarmfulSymbol(symbol: string): boolean {
  return HARMFUL_SYMBOL.test(symbol) || HARMFUL_OPERATION.test(symbol.split(".").at(-1) ?? "");
}

/** What stands behind `keras.`, in all the places where Keras has lived. */
const KERAS =
  /^(?:tensorflow\.(?:python\.|_api\.v\d\.)?)?(?:keras|tf_keras|keras_core)((?:\.(?:src|api|_tf_keras|keras|_legacy|legacy|_?v[12]))*(?:\.[\w.]*)?)$/;

function judgeKerasName(rest: string, name: string, kind: PythonName["kind"]): RuleId | undefined {
  const parts = rest.split(".").filter((part) => part !== "" && !INNER.has(part));
  const [area] = parts;
  const sound = area === undefined ? isClassName(name) : isSound(area, name, kind);
  return sound ? undefined : "code/keras-function";
}

function isSound(area: string, name: string, kind: PythonName["kind"]): boolean {
  if (FUNCTION_AREAS.has(area)) return true;
  if (CLASS_AREAS.has(area)) return isClassName(name);
  return kind === "class" && HARMLESS_CLASSES.has(name);
}

const INNER: ReadonlySet<string> = new Set([
  "src",
  "api",
  "_tf_keras",
  "keras",
  "v1",
  "v2",
  "_v1",
  "_v2",
]);

/** Everything in these is arithmetic. */
const FUNCTION_AREAS: ReadonlySet<string> = new Set([
  "activations",
  "constraints",
  "initializers",
  "losses",
  "metrics",
  "ops",
  "regularizers",
]);

/** These hold functions too (`load_model`), but a config names their classes only. */
const CLASS_AREAS: ReadonlySet<string> = new Set([
  "applications",
  "backend",
  "dtype_policies",
  "engine",
  "feature_column",
  "layers",
  "legacy",
  "legacy_tf_layers",
  "mixed_precision",
  "models",
  "optimizers",
  "premade",
  "premade_models",
  "quantizers",
  "random",
]);

/** Of all other parts of Keras. */
const HARMLESS_CLASSES: ReadonlySet<string> = new Set([
  "FeatureSpace",
  "Feature",
  "Cross",
  "LossScaleOptimizer",
  "SeedGenerator",
  "KerasTensor",
  "Config",
]);

/** Packages of the Keras team and their kin, whose layers are classes. */
const FRIENDS: ReadonlySet<string> = new Set([
  "keras_hub",
  "keras_nlp",
  "keras_cv",
  "keras_contrib",
  "keras_applications",
  "tensorflow_addons",
  "tensorflow_probability",
  "tf_slim",
]);

const VALUES: ReadonlySet<string> = new Set([
  "NoneType",
  "bool",
  "bytes",
  "complex",
  "dict",
  "ellipsis",
  "float",
  "frozenset",
  "int",
  "list",
  "set",
  "slice",
  "str",
  "tuple",
]);

const HARMFUL_BUILTINS: ReadonlySet<string> = new Set([
  "__build_class__",
  "__import__",
  "breakpoint",
  "compile",
  "delattr",
  "eval",
  "exec",
  "exit",
  "getattr",
  "globals",
  "help",
  "input",
  "locals",
  "memoryview",
  "open",
  "print",
  "quit",
  "setattr",
  "type",
  "vars",
]);

/** TensorFlow's names as configs hold them, without `tf.`. */
const HARMFUL_SYMBOL =
  /^(?:io|raw_ops\.(?:Read|Write|Save|Restore)|data|saved_model|summary|train|sysconfig|load_|py_func|numpy_func|autograph|distribute|tpu|profiler|debugging\.(?:enable|disable))|(?:^|\.)(?:py_func|numpy_function|py_function|eager_py_func|read_file|write_file|load_library|load_op_library)$/;

/** Names of operations, as in a `node_def`. */
const HARMFUL_OPERATION =
  /^(?:ReadFile|WriteFile|PyFunc|PyFuncStateless|EagerPyFunc|MatchingFiles|.*Reader(?:V2)?|Save(?:V2|Slices)?|Restore(?:V2|Slice)?|MergeV2Checkpoints|.*Dataset(?:V\d)?|LookupTableImport.*|InitializeTableFromTextFile(?:V2)?|LoadAndRemapMatrix|.*Rpc.*|XlaLaunch|PrintV2|DecodeProtoV2|LoadLibrary)$/;

/** Standard modules and others that run, read, write or send. */
const SYSTEM: ReadonlySet<string> = new Set(
  `os posix nt sys subprocess shutil importlib imp runpy code codeop pty io pathlib tempfile glob fileinput linecache
  pickle _pickle cPickle marshal shelve dbm copyreg ctypes cffi socket ssl select selectors asyncio threading
  multiprocessing concurrent signal mmap urllib urllib2 urllib3 http httplib requests aiohttp ftplib smtplib poplib
  imaplib telnetlib nntplib socketserver xmlrpc webbrowser cgi wsgiref platform getpass pwd grp resource sysconfig
  site sitecustomize atexit builtins types inspect gc ast dis trace traceback pdb bdb cProfile profile timeit doctest
  unittest test idlelib lib2to3 distutils setuptools pip pkgutil pkg_resources ensurepip venv zipimport zipfile
  tarfile gzip bz2 lzma zlib sqlite3 csv configparser logging functools operator itertools string commands popen2
  numpy pandas scipy joblib sklearn cloudpickle dill torch torchvision jax flax paramiko fabric boto3 psutil win32api
  winreg _winapi numexpr sympy yaml jinja2 mako h5py safetensors onnx transformers huggingface_hub IPython
  ipykernel tkinter turtle antigravity this`.split(/\s+/),
);

function isClassName(name: string): boolean {
  return /^[A-Z]/.test(name);
}
