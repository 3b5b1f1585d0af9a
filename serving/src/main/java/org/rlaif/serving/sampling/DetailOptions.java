package org.rlaif.serving.sampling;

import org.rlaif.kit.UserError;

/**
 * What is told of every token beyond its log-probability.
 *
 * @param sampledLogprobs its log-probability as sampled: renormalised over what was kept
 * @param topLogprobs how many of the most likely tokens are told, with their log-probabilities
 * @param support the token ids that were kept
 */
public record DetailOptions(boolean sampledLogprobs, int topLogprobs, boolean support) {
  public static final DetailOptions NOTHING = new DetailOptions(false, 0, false);

  private static final int MOST_TOP = 128;

  public DetailOptions {
    UserError.require(
        topLogprobs >= 0 && topLogprobs <= MOST_TOP,
        "top_logprobs",
        topLogprobs,
        "from 0 to " + MOST_TOP);
  }

  public boolean isNothing() {
    return equals(NOTHING);
  }
}
