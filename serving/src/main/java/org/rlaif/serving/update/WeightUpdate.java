package org.rlaif.serving.update;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.TensorSpec;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;
import org.rlaif.serving.weights.WeightArena;

/** The new weights as far as they have arrived. */
final class WeightUpdate {
  private final String id;
  private final UpdateOwner beginner;
  private final WeightArena served;
  private final @Nullable AdapterUpdate adapter;

  /** Where tensors arrive: the same one, unless an adapter's arrive. */
  private final WeightArena arena;

  private final Instant begun;
  private Instant touched;

  /** Per tensor: begin to end of every piece that arrived, in bytes, without overlaps. */
  private final Map<String, TreeMap<Long, Long>> pieces = new HashMap<>();

  /**
   * @param served what is going to serve
   * @param adapter null: all weights are pushed
   */
  WeightUpdate(
      String id,
      UpdateOwner beginner,
      WeightArena served,
      @Nullable AdapterUpdate adapter,
      Instant begun) {
    this.id = id;
    this.beginner = beginner;
    this.served = served;
    this.adapter = adapter;
    this.arena = adapter == null ? served : adapter.arrivals();
    this.begun = begun;
    this.touched = begun;
  }

  String id() {
    return id;
  }

  UpdateOwner beginner() {
    return beginner;
  }

  /** What is going to serve, whole after {@link #check}. */
  WeightArena arena() {
    return served;
  }

  Instant begun() {
    return begun;
  }

  void touch(Instant now) {
    touched = now;
  }

  Duration silence(Instant now) {
    return Duration.between(touched, now);
  }

  void push(String tensor, long offset, ByteBuffer data) {
    TensorSpec spec = arena.spec(tensor);
    if (spec == null) {
      throw UserError.expected("name", tensor, "a tensor of this model, such as " + example());
    }
    long size = arena.byteCount(tensor);
    UserError.require(
        offset >= 0 && offset <= size,
        "offset",
        offset,
        "from 0 to " + size + ", the bytes of " + tensor + " " + spec.shape());
    UserError.require(
        data.remaining() <= size - offset,
        "data",
        data.remaining() + " bytes at offset " + offset,
        "at most " + (size - offset) + ", for " + tensor + " " + spec.shape());
    if (data.hasRemaining()) {
      record(tensor, offset, offset + data.remaining());
      arena.write(tensor, (int) offset, data);
    }
  }

  private void record(String tensor, long begin, long end) {
    TreeMap<Long, Long> known = pieces.computeIfAbsent(tensor, name -> new TreeMap<>());
    Map.Entry<Long, Long> before = known.lowerEntry(end);
    UserError.require(
        before == null || before.getValue() <= begin,
        "offset",
        begin,
        "bytes of " + tensor + " that were not pushed before");
    known.put(begin, end);
  }

  /**
   * Refuses weights that are not all here, arrived damaged, or hold something not finite; then an
   * adapter becomes the weights that serve.
   */
  void check(Map<String, Integer> checksums) {
    for (String name : arena.names()) {
      long arrived = arrived(name);
      Integer expected = checksums.get(name);
      if (arrived != arena.byteCount(name)) {
        throw refused(name, arrived + " bytes arrived (expected: " + arena.byteCount(name) + ")");
      }
      if (expected == null) {
        throw refused(name, "no checksum (expected: one for every tensor)");
      }
      WeightArena.Contents found = arena.inspect(name);
      if (found.crc32c() != expected) {
        throw refused(name, "CRC-32C %08x (expected: %08x)".formatted(found.crc32c(), expected));
      }
      int bad = found.firstNonFinite();
      if (bad >= 0) {
        float value = arena.floats(name).get(bad);
        throw refused(name, value + " at " + bad + " (expected: finite numbers)");
      }
    }
    for (String name : checksums.keySet()) {
      if (arena.spec(name) == null) {
        throw refused(name, "a checksum for a tensor that this model does not have");
      }
    }
    if (adapter != null) {
      adapter.fill(served);
    }
  }

  private long arrived(String name) {
    return pieces.getOrDefault(name, new TreeMap<>()).entrySet().stream()
        .mapToLong(piece -> piece.getValue() - piece.getKey())
        .sum();
  }

  private String example() {
    return arena.names().get(0);
  }

  private static Refusal refused(String tensor, String why) {
    return new Refusal(Reason.PRECONDITION, tensor + ": " + why + "; the old weights stay");
  }
}
