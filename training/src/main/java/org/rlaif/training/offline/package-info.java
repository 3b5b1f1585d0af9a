/**
 * Learning from what is there: examples, preferences. Each trainer is an {@link
 * org.rlaif.training.offline.Objective}; what they share is the {@link
 * org.rlaif.training.offline.Trainer}: batches, schedule, loss, validation.
 */
@NullMarked
package org.rlaif.training.offline;

import org.jspecify.annotations.NullMarked;
