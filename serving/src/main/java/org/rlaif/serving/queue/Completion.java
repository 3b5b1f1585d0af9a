package org.rlaif.serving.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.sampling.TokenDetails;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.WeightsSpan;

/**
 * What a policy wrote.
 *
 * @param tokens with the end-of-text token, if it was sampled
 * @param logprobs of those tokens: natural log, full vocabulary, after temperature
 * @param weights which version sampled which tokens
 * @param details one for each token, or none if nothing was wanted
 * @param stop if a stop string ended it
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Completion(
    int[] tokens,
    float[] logprobs,
    FinishReason reason,
    List<WeightsSpan> weights,
    List<TokenDetails> details,
    @Nullable Stop stop) {
  /**
   * A stop string.
   *
   * @param found as it was given
   * @param text before it
   */
  public record Stop(String found, String text) {}
}
