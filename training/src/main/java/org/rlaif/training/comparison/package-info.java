/**
 * Finished runs beside each other: those that somebody names ({@link
 * org.rlaif.training.comparison.RunComparison}), and those of every algorithm on one task ({@link
 * org.rlaif.training.comparison.AlgorithmTable}).
 */
@NullMarked
package org.rlaif.training.comparison;

import org.jspecify.annotations.NullMarked;
