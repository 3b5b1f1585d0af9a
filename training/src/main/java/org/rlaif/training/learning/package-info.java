/**
 * What every trainer stands on: sequences and pairs as tokens, batches of similar length, forward
 * passes, steps of an optimiser, the model to begin with, and the metrics of each step.
 */
@NullMarked
package org.rlaif.training.learning;

import org.jspecify.annotations.NullMarked;
