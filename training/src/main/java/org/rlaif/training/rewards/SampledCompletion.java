package org.rlaif.training.rewards;

import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Prompt;

/**
 * One completion that is to be rewarded. Of an episode with an environment it is the policy's last
 * turn, and the prompt is all that was said before.
 *
 * @param id of the example whose prompt was answered
 * @param completion the text, without end-of-text
 * @param promptTokens as the policy read them
 * @param tokens of the completion as they were sampled, end-of-text included
 * @param ended whether the completion has its end-of-text token; of an episode, whether the
 *     environment has ended it as well
 * @param outcome the environment's reward, NaN if it knows none; null without an environment
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record SampledCompletion(
    String id,
    Prompt prompt,
    String completion,
    int[] promptTokens,
    int[] tokens,
    boolean ended,
    @Nullable Double outcome) {

  /** Without an environment. */
  public SampledCompletion(
      String id,
      Prompt prompt,
      String completion,
      int[] promptTokens,
      int[] tokens,
      boolean ended) {
    this(id, prompt, completion, promptTokens, tokens, ended, null);
  }
}
