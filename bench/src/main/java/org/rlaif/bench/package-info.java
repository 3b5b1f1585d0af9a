/**
 * The load generator, and what it measures. A room of its own, so that a server carries neither
 * histograms nor pictures.
 *
 * <p>A {@link org.rlaif.bench.Workload} is drawn from a seed. {@link org.rlaif.bench.LoadGenerator}
 * sends it through the streaming call, in a closed loop (so many callers, each of which asks again
 * when it is answered) or an open one (Poisson arrivals that do not wait for the server). Each
 * request leaves a {@link org.rlaif.bench.Trace}; {@link org.rlaif.bench.LatencyFigures} turns
 * traces into figures.
 *
 * <p>With s when a request was sent (in an open loop: due), t1 .. tn when its n tokens arrived and
 * e the end of its stream:
 *
 * <ul>
 *   <li>TTFT = t1 - s;
 *   <li>ITL = each t(i+1) - t(i), pooled over all requests;
 *   <li>TPOT = (e - t1) / (n - 1), one number per request;
 *   <li>end-to-end = e - s;
 *   <li>tokens per second = all n / (last e - first s): prefill and tail included;
 *   <li>decode tokens per second = tokens that arrived between the last t1 and the first tn, over
 *       that time: all rows live, no prompts;
 *   <li>excess = a gap less the usual one at the same index among its tokens, at least 0: what a
 *       disturbance, such as new weights, adds to a decode step ({@link
 *       org.rlaif.bench.UsualGaps}). That of the undisturbed streams themselves is the noise.
 * </ul>
 *
 * <p>Percentiles are HdrHistogram's, three digits exact. {@link org.rlaif.bench.LayerCosts} sends
 * one batch through the bare loop on the same graph, the engine, the rollout call and token
 * streams, in turn; ratios are taken within a repeat, so that a busy machine hits both sides, and
 * the median of the repeats counts. Static batches are the bare loop's: prompts one after the
 * other, then every row decodes until the longest is done.
 *
 * <p>What needs the engine (everything but loads, rollout calls and streams) is measured on a
 * server that is started in this process.
 */
@NullMarked
package org.rlaif.bench;

import org.jspecify.annotations.NullMarked;
