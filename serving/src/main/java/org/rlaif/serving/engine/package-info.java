/**
 * ONNX Runtime behind one door. Nothing outside this package imports {@code ai.onnxruntime}.
 *
 * <p>A model is a weightless graph, derived from its {@link org.rlaif.model.DecoderConfig}, and a
 * {@link org.rlaif.serving.engine.WeightArena} that supplies every initializer from memory. A
 * {@link org.rlaif.serving.engine.DecoderSession} joins the two; {@link
 * org.rlaif.serving.engine.LiveWeights} owns two arenas, so that new weights fill one while the
 * other serves. That work is done {@link org.rlaif.serving.engine.Aside}, in pieces after which
 * Java's threads can be stopped: decoding has the cores.
 *
 * <p>The {@link org.rlaif.serving.engine.KvCache} is ours and is written in place: the same direct
 * buffer is bound as past input and as present output. A slot is a slice of it. The {@link
 * org.rlaif.serving.engine.Scheduler} is the one thread that touches it: it feeds a prompt to a
 * slot behind the rows, chunk by chunk or several short ones at once ({@link
 * org.rlaif.serving.engine.Staging}), copies what it computed for every further sample of that
 * prompt, and then decodes all live rows together, one token each. Live rows are always slots 0 to
 * B - 1: when one ends, the last row moves into the hole.
 *
 * <p>What a sequence becomes depends on its prompt, its seed and the weights alone. Chunks are cut
 * by the prompt, random numbers are a function of seed, sequence and position ({@link
 * org.rlaif.serving.engine.Philox}), and a row's numbers are the same bits in every batch.
 *
 * <p>A step is one run for the whole batch, whatever its rows ask for; the {@link
 * org.rlaif.serving.engine.Sampler} then goes from row to row. It follows the order of vLLM's V1
 * sampler: what may never come, minimum length, bias, repetition, frequency and presence penalties;
 * greedy ends here; temperature, min-p, top-k, top-p, draw. The graph has applied the temperature
 * and the normaliser by then: what adds to a logit is divided by the temperature, and only the
 * repetition penalty, which multiplies, asks the graph for the normaliser. The log-probability that
 * goes with a token is that of the graph, before all of this; what it was sampled with is told if
 * wanted. Rows that ask for none of this take the shortest path.
 *
 * <p>A policy may serve {@link org.rlaif.model.onnx.Quantization quantised}. Its arena then keeps
 * matrices in blocks, made of fp32 weights that are needed for that moment alone; a {@link
 * org.rlaif.serving.engine.QuantizationCheck} compares with fp32 whatever is about to serve, and
 * new weights are judged in fp32 before. All of the above holds for such rows too, the same bits
 * included. But where weights are int8 or int4 and the cache is fp32, log-probabilities asked for a
 * completion differ from those that it was sampled with by a fraction of that loss: attention over
 * a chunk and over one token differ in the last bit, and the rounding of the next matrix's inputs
 * to int8 makes more of it.
 *
 * <p>Scoring runs beside the scheduler: scores, log-probabilities of given completions, and probes
 * of new weights. The {@link org.rlaif.serving.engine.Scorer} is the one thread that does it. It
 * gathers what all callers ask for and computes sequences of similar length together, in runs of
 * several rows that are padded on the right; a prompt with many completions is computed once where
 * that is cheaper. Such a number is the same bits, too, however it was computed ({@link
 * org.rlaif.serving.engine.ScoringPass}). One request is computed under one version of the weights.
 *
 * <p>What a model does is told to its {@link org.rlaif.serving.engine.ModelObserver} as it happens;
 * what it is doing now can be read from the {@link org.rlaif.serving.engine.ServedModel}.
 */
@NullMarked
package org.rlaif.serving.engine;

import org.jspecify.annotations.NullMarked;
