import type { LayerFamily } from "./picture.ts";

/**
 * The family of a layer by what its class is called, in the words of Keras and of Core ML. A name decides a colour and
 * nothing else, so unknown classes of other people find a family too: `MyConv2D` is a convolution.
 */
export function familyOf(className: string): LayerFamily {
  const word = className.toLowerCase();
  return FAMILIES.find(([, pattern]) => pattern.test(word))?.[0] ?? "other";
}

/** The first that fits counts: a `ConvLSTM2D` is recurrent, a `GlobalAveragePooling2D` no average. */
const FAMILIES: readonly (readonly [LayerFamily, RegExp])[] = [
  ["port", /^input(layer)?$/],
  ["training", /dropout|noise|regularization|stochasticdepth|^random|augmix|cutmix|mixup/],
  ["recurrent", /lstm|gru|rnn|bidirectional|recurrent/],
  ["attention", /attention/],
  ["embedding", /embedding|^gather$/],
  ["conv", /conv|^locallyconnected/],
  ["pool", /pool/],
  ["norm", /norm|layerscale|^rescaling$|^scale$/],
  ["merge", /^(add|subtract|multiply|average|maximum|minimum|concat(enate)?|dot|merge|max|min)$/],
  [
    "merge",
    /^(mul|sub|matmul|batchedmatmul|elementwise.*|addbroadcastable|multiplybroadcastable)$/,
  ],
  ["activation", /activation|relu|^elu$|softmax|sigmoid|^tanh$|swish|gelu|mish|^unary$/],
  ["dense", /dense|innerproduct|^linear$/],
  ["shape", /flatten|reshape|permute|repeatvector|padding|crop|upsampling|resiz|transpose/],
  ["shape", /slic|squeeze|expand|stack|split|getitem|tile|^cast|identity|masking/],
  ["model", /^(sequential|functional|model)$/],
];
