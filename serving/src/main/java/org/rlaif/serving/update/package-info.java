/**
 * New weights for a model that serves: {@link org.rlaif.serving.update.WeightUpdates} takes them
 * tensor by tensor, or as an adapter, and lets them serve once they are whole and a {@link
 * org.rlaif.serving.update.ParityGate} found that they give what their trainer expects. That work
 * is done on a {@link org.rlaif.serving.os.BackgroundThread}, in pieces after which Java's threads
 * can be stopped: decoding has the cores.
 *
 * <p>A policy may serve {@link org.rlaif.model.onnx.Quantization quantised}. Its arena then keeps
 * matrices in blocks, made of fp32 weights that are needed for that moment alone; a {@link
 * org.rlaif.serving.update.QuantizationCheck} compares with fp32 whatever is about to serve, and
 * new weights are judged in fp32 before. Rows of such a policy are the same bits in every batch,
 * too. But where weights are int8 or int4 and the cache is fp32, log-probabilities asked for a
 * completion differ from those that it was sampled with by a fraction of that loss: attention over
 * a chunk and over one token differ in the last bit, and the rounding of the next matrix's inputs
 * to int8 makes more of it.
 */
@NullMarked
package org.rlaif.serving.update;

import org.jspecify.annotations.NullMarked;
