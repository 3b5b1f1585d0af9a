package org.rlaif.serving.update;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.Lora;
import org.rlaif.model.Weights;

/** New weights, as a trainer hands them over. */
public final class TestUpdates {
  private TestUpdates() {}

  /** Opens an update of all weights, or of an adapter; returns its id. */
  public static String begin(WeightUpdates updates, @Nullable Lora adapter) {
    return updates.begin(adapter, new UpdateOwner("this process", updates));
  }

  /** Of the completion's tokens, or its score, alone. */
  public static Probe probe(int[] prompt, int[] completion, float... expected) {
    return new Probe(prompt, completion, new int[0], new float[][] {expected}, null);
  }

  /** Pushes all tensors to an update that was begun, whole; returns its id. */
  static String push(WeightUpdates updates, String id, Weights weights) {
    weights.specs().forEach(spec -> updates.push(id, spec.name(), 0, bytes(weights, spec.name())));
    return id;
  }

  static Map<String, Integer> checksums(Weights weights) {
    Map<String, Integer> sums = new HashMap<>();
    weights.specs().forEach(spec -> sums.put(spec.name(), weights.crc32c(spec.name())));
    return sums;
  }

  /** As a client publishes them. */
  public static Map<String, ByteBuffer> tensors(Weights weights) {
    Map<String, ByteBuffer> tensors = new HashMap<>();
    weights.specs().forEach(spec -> tensors.put(spec.name(), bytes(weights, spec.name())));
    return tensors;
  }

  static ByteBuffer bytes(Weights weights, String name) {
    FloatBuffer numbers = weights.get(name);
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(numbers.remaining() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(numbers);
    return bytes;
  }
}
