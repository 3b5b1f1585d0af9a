package org.rlaif.serving.graph;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.onnx.Precision;

/**
 * Which graph runs, and in what.
 *
 * @param kvCache how its keys and values are kept: fp32 or int8
 */
public record GraphSpec(OnnxRuntime runtime, DecoderConfig config, Precision kvCache) {
  /** The graph that weights are compared with. */
  public GraphSpec exact() {
    return new GraphSpec(runtime, config, Precision.FP32);
  }

  /** Keys or values, bound where they lie; (rows, heads, tokens, columns). */
  OnnxTensor bind(ByteBuffer numbers, long rows, long tokens) throws OrtException {
    long[] shape = {rows, config.attention().kvHeads(), tokens, config.attention().cacheWidth()};
    return kvCache == Precision.FP32
        ? OnnxTensor.createTensor(runtime.environment(), numbers.asFloatBuffer(), shape)
        : OnnxTensor.createTensor(runtime.environment(), numbers, shape, OnnxJavaType.INT8);
  }
}
