package org.rlaif.model;

import org.rlaif.kit.UserError;

/**
 * How tokens look at each other: softmax(Q Kᵀ / √D) V over those up to their own (Vaswani et al.
 * 2017, eq. 1), several heads of keys and values being shared by groups of queries (Ainslie et al.
 * 2023).
 *
 * @param heads of queries, H
 * @param kvHeads of keys and values, a divisor of H
 * @param headWidth numbers of each, D
 * @param inputBias whether the projections to query, key and value have biases
 * @param outputBias whether the projection behind the heads has one
 * @param headNorm whether each head's query and key is normed (Henry et al. 2020)
 * @param window how many tokens a token sees, itself included; 0: all up to its own
 */
public record Attention(
    int heads,
    int kvHeads,
    int headWidth,
    boolean inputBias,
    boolean outputBias,
    boolean headNorm,
    int window) {
  private static final int CACHE_STEP = 8;

  public Attention {
    UserError.require(heads > 0, "attention heads", heads, ">= 1");
    UserError.require(
        kvHeads > 0 && heads % kvHeads == 0,
        "key-value heads",
        kvHeads,
        "a divisor of the " + heads + " attention heads");
    UserError.require(headWidth > 0, "head width", headWidth, ">= 1");
    UserError.require(
        (long) heads * headWidth <= Limits.WIDTH,
        "attention heads",
        heads + " of width " + headWidth,
        "at most " + Limits.WIDTH + " numbers in all");
    UserError.require(window >= 0, "sliding_window", window, ">= 0");
  }

  /**
   * Of a head in the KV cache, zeros behind its own numbers included: ONNX Runtime's attention over
   * a cache takes heads of a multiple of 8 alone.
   */
  public int cacheWidth() {
    return (headWidth + CACHE_STEP - 1) / CACHE_STEP * CACHE_STEP;
  }

  /** Of all heads' keys in the cache, and of all their values. */
  public int cacheKeyWidth() {
    return kvHeads * cacheWidth();
  }

  /** Of queries, keys and values together as the cache has them. */
  public int cachePackedWidth() {
    return heads * cacheWidth() + 2 * cacheKeyWidth();
  }

  /** Of all heads' queries, H D. */
  public int queryWidth() {
    return heads * headWidth;
  }

  /** Of all heads' keys, and of all their values. */
  public int keyWidth() {
    return kvHeads * headWidth;
  }

  /** Of queries, keys and values together. */
  public int packedWidth() {
    return queryWidth() + 2 * keyWidth();
  }
}
