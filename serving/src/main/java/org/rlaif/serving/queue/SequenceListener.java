package org.rlaif.serving.queue;

import org.jspecify.annotations.Nullable;
import org.rlaif.serving.sampling.SequenceId;
import org.rlaif.serving.sampling.TokenDetails;

/**
 * Hears about the sequences of one request. Called by the scheduler's thread, which everyone waits
 * for: hand work over.
 */
public interface SequenceListener {
  /** Whether somebody waits for every token; if not, prompts may hold the sequences up longer. */
  default boolean followsTokens() {
    return true;
  }

  /**
   * Whether so much of what was told waits for the caller to read it that the sequences should
   * wait, too: those with a token to follow at once, others before they begin.
   */
  default boolean isBehind() {
    return false;
  }

  /**
   * A token was sampled.
   *
   * @param details what was wanted beyond its log-probability; null if nothing was
   */
  default void onToken(SequenceId id, int token, float logprob, @Nullable TokenDetails details) {}

  /** A sequence ended; its tokens were all told before. */
  void onFinished(SequenceId id, Completion completion);

  /** A sequence will not end: its cause, once per sequence. */
  void onFailed(SequenceId id, Throwable cause);
}
