/**
 * From a distribution to a token: settings of a request, and what becomes of one row's
 * log-probabilities. Arrays in, token ids out; no graph, no thread.
 *
 * <p>The {@link org.rlaif.serving.sampling.Sampler} follows the order of vLLM's V1 sampler: what
 * may never come, minimum length, bias, repetition, frequency and presence penalties; greedy ends
 * here; temperature, min-p, top-k, top-p ({@link org.rlaif.serving.sampling.Truncation}), draw. The
 * graph has applied the temperature and the normaliser by then: what adds to a logit is divided by
 * the temperature, and only the repetition penalty, which multiplies, asks the graph for the
 * normaliser. The log-probability that goes with a token is that of the graph, before all of this;
 * what it was sampled with is told if {@link org.rlaif.serving.sampling.DetailOptions} want it.
 * Rows that ask for none of this take the shortest path.
 *
 * <p>Random numbers are a function of seed, sequence and position ({@link
 * org.rlaif.serving.sampling.Philox}).
 */
@NullMarked
package org.rlaif.serving.sampling;

import org.jspecify.annotations.NullMarked;
