/**
 * Numbers of given completions: scores of a reward model, log-probabilities of a policy. It runs
 * beside the scheduler. The {@link org.rlaif.serving.score.Scorer} is the one thread that does it:
 * it gathers what all callers ask for and computes sequences of similar length together, in runs of
 * several rows that are padded on the right; a prompt with many completions is computed once where
 * that is cheaper. Such a number is the same bits however it was computed ({@link
 * org.rlaif.serving.score.ScoringPass}). One request is computed under one version of the weights.
 */
@NullMarked
package org.rlaif.serving.score;

import org.jspecify.annotations.NullMarked;
