package org.rlaif.serving.graph;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.rlaif.model.TensorSpec;

/** Memory outside of Java's heap, where a session reads and writes in place; little-endian. */
public final class Tensors {
  private Tensors() {}

  /** Of a tensor's fp32 numbers. */
  public static long floatBytes(TensorSpec spec) {
    return spec.elements() * Float.BYTES;
  }

  /** For a tensor's fp32 numbers. */
  public static ByteBuffer allocate(TensorSpec spec) {
    return direct(floatBytes(spec));
  }

  public static ByteBuffer direct(long bytes) {
    return ByteBuffer.allocateDirect(Math.toIntExact(bytes)).order(ByteOrder.LITTLE_ENDIAN);
  }
}
