package org.rlaif.serving.update;

import org.jspecify.annotations.Nullable;

/**
 * How new weights compare with those before, by what their trainer expects.
 *
 * @param maxAbsDifference of the new weights, over the first rows of all probes
 * @param newDifference root mean square over all numbers of all probes, where a whole distribution
 *     counts as one
 * @param oldDifference the same of the weights before
 * @param undetermined why the two cannot be told apart; null: they can, and the new ones are nearer
 */
public record Parity(
    float maxAbsDifference,
    double newDifference,
    double oldDifference,
    @Nullable String undetermined) {}
