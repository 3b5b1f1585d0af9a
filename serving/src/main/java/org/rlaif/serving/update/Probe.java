package org.rlaif.serving.update;

import org.jspecify.annotations.Nullable;

/**
 * What a trainer expects of new weights: numbers in rows. The first row has a policy's
 * log-probabilities, at temperature 1, of the completion's tokens after the prompt; or a reward
 * model's score of the completion, by the model's mean and standard deviation. Behind it comes, for
 * each of some positions, the log-probability of every token of the vocabulary.
 *
 * @param positions indices of tokens of the completion, one for each row but the first
 * @param previous what the trainer expected of the weights that serve now, in the same rows; null:
 *     it does not say
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Probe(
    int[] prompt,
    int[] completion,
    int[] positions,
    float[][] expected,
    float @Nullable [][] previous) {}
