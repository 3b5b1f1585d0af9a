/**
 * Finished runs beside each other: those that somebody names ({@link
 * org.rlaif.training.comparison.RunComparison}), and those of every algorithm on one task ({@link
 * org.rlaif.training.comparison.AlgorithmTable}); rewards that are exploited more or less ({@link
 * org.rlaif.training.comparison.OveroptimizationTable}); and a few algorithms on a task whose best
 * answers are known ({@link org.rlaif.training.comparison.WalksExperiment}).
 */
@NullMarked
package org.rlaif.training.comparison;

import org.jspecify.annotations.NullMarked;
