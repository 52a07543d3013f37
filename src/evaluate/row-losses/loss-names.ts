/** How a loss is called here: Keras 3's snake-case name for what any generation calls it; others come back as they are. */
export function plainLossName(name: string): string {
  const lower = name.toLowerCase();
  return ALIASES.get(lower) ?? lower;
}

/** Whether the targets of a loss are class numbers instead of one number for each output. */
export function hasClassTargets(name: string): boolean {
  const plain = plainLossName(name);
  return plain.startsWith("sparse_") || plain === "categorical_generalized_cross_entropy";
}

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["mse", "mean_squared_error"],
  ["mae", "mean_absolute_error"],
  ["mape", "mean_absolute_percentage_error"],
  ["msle", "mean_squared_logarithmic_error"],
  ["bce", "binary_crossentropy"],
  ["logcosh", "log_cosh"],
  ["log_cosh_error", "log_cosh"],
  ["cosine", "cosine_similarity"],
  ["cosine_proximity", "cosine_similarity"],
  ["kld", "kl_divergence"],
  ["kullback_leibler_divergence", "kl_divergence"],
  ["huber_loss", "huber"],
]);
