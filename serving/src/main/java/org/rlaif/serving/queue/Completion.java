package org.rlaif.serving.queue;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.sampling.TokenDetails;

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
    Reason reason,
    List<Sampled> weights,
    List<TokenDetails> details,
    @Nullable Stop stop) {
  /** Why it ended. */
  public enum Reason {
    END_OF_TEXT,
    STOP_TOKEN,
    STOP_STRING,
    /** Of the request, or of the context. */
    LENGTH
  }

  /** Tokens {@code start} to {@code end - 1}, sampled by one version of the weights. */
  public record Sampled(int start, int end, long weightsVersion) {}

  /**
   * A stop string.
   *
   * @param found as it was given
   * @param text before it
   */
  public record Stop(String found, String text) {}
}
