/**
 * ONNX Runtime behind one door: nothing outside this package imports {@code ai.onnxruntime}.
 *
 * <p>A {@link org.rlaif.serving.graph.DecoderSession} joins a weightless graph, derived from its
 * {@link org.rlaif.model.DecoderConfig}, with initializers that lie in memory of ours. {@link
 * org.rlaif.serving.graph.Operands} are the inputs and outputs of a run, and {@link
 * org.rlaif.serving.graph.ForwardInputs} writes its tokens so that a row's numbers are the same
 * bits in every batch.
 *
 * <p>The {@link org.rlaif.serving.graph.KvCache} is ours and is written in place: the same direct
 * buffer is bound as past input and as present output. A slot is a slice of it.
 */
@NullMarked
package org.rlaif.serving.graph;

import org.jspecify.annotations.NullMarked;
