package org.rlaif.training.rewards;

import org.rlaif.kit.Prompt;

/**
 * One completion that is to be rewarded.
 *
 * @param id of the example whose prompt was answered
 * @param completion the text, without end-of-text
 * @param promptTokens as the policy read them
 * @param tokens of the completion as they were sampled, end-of-text included
 * @param ended whether the completion has its end-of-text token
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record SampledCompletion(
    String id, Prompt prompt, String completion, int[] promptTokens, int[] tokens, boolean ended) {}
