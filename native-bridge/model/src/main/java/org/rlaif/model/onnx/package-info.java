/**
 * The network as ONNX nodes, derived from its description alone.
 *
 * <p>{@link org.rlaif.model.onnx.OnnxDecoder} is the version for inference: a graph without
 * weights, a few kilobytes, with a KV cache that is updated in place. It can be written for {@link
 * org.rlaif.model.onnx.Quantization quantised} weights and caches. Its twin for training is {@code
 * Decoder} in the room next door, in the same order, line by line. {@link
 * org.rlaif.model.onnx.OnnxExport} writes a third, in the standard's operators ({@link
 * org.rlaif.model.onnx.PortableDecoder}), for other people's tools.
 */
@NullMarked
package org.rlaif.model.onnx;

import org.jspecify.annotations.NullMarked;
