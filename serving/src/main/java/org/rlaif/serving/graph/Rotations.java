package org.rlaif.serving.graph;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Rotary;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.onnx.OnnxDecoder;

/** The tables that rotary positions are turned by, in memory that a graph can read. */
public final class Rotations {
  private Rotations() {}

  /** None where positions are learned. */
  public static Map<TensorSpec, ByteBuffer> of(DecoderConfig config) {
    var tables = new LinkedHashMap<TensorSpec, ByteBuffer>();
    Rotary rotary = config.rotary();
    if (rotary != null) {
      List<TensorSpec> specs = OnnxDecoder.rotations(config);
      ByteBuffer cosines = Tensors.allocate(specs.get(0));
      ByteBuffer sines = Tensors.allocate(specs.get(1));
      rotary.fill(cosines.asFloatBuffer(), sines.asFloatBuffer(), config.contextLength());
      tables.put(specs.get(0), cosines);
      tables.put(specs.get(1), sines);
    }
    return tables;
  }
}
