package org.rlaif.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;

/**
 * Named tensors in native memory: mapped from a file, or allocated. Whoever reads them reads fp32;
 * what a file keeps in 16 bits stays so until then. Whatever comes from a file is looked at when it
 * is read: a number that is infinite, or none, is a {@link UserError} with the name of its tensor.
 * The memory lives as long as this object or any buffer that came from it.
 */
public final class Weights {
  /** Numbers that are converted at a time: they and what they become stay in a core's cache. */
  private static final int PIECE = 1 << 13;

  /** Numbers from which on several threads convert. */
  private static final int MANY = 1 << 20;

  /** Its bits; larger ones, less the sign, are no numbers. */
  private static final int INFINITY = 0x7f800000;

  /**
   * Bytes that hold numbers in one way, and how a file is to store them.
   *
   * @param added to the numbers whenever they are read; null: nothing
   * @param source the file and the name in it; null: they come from none
   */
  private record Entry(
      TensorSpec spec,
      Dtype held,
      ByteBuffer bytes,
      Dtype stored,
      @Nullable LowRank added,
      @Nullable String source) {
    int elements() {
      return bytes.remaining() / held.bytes();
    }

    /** Whether the bytes are the numbers as they are read. */
    boolean isPlain() {
      return held == Dtype.F32 && added == null;
    }
  }

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  Weights() {}

  /** Zeros in fp32, one direct buffer per tensor. */
  public static Weights allocate(List<TensorSpec> specs) {
    var weights = new Weights();
    for (TensorSpec spec : specs) {
      weights.put(spec, ByteBuffer.allocateDirect(byteCount(spec)));
    }
    return weights;
  }

  /** In the order in which they were given. */
  public List<TensorSpec> specs() {
    return entries.values().stream().map(Entry::spec).toList();
  }

  public boolean contains(String name) {
    return entries.containsKey(name);
  }

  /** How a file stores this tensor: the one it was mapped from, and the one it is written to. */
  public Dtype dtype(String name) {
    return entry(name).stored();
  }

  /** {@link #dtype} of every tensor. */
  public Map<String, Dtype> dtypes() {
    var dtypes = new LinkedHashMap<String, Dtype>();
    entries.forEach((name, entry) -> dtypes.put(name, entry.stored()));
    return dtypes;
  }

  /**
   * The same memory, to be written with other dtypes; tensors that are not named keep theirs. What
   * was read as 16 bits and has not changed since is written with the same bits.
   */
  public Weights storedAs(Map<String, Dtype> dtypes) {
    var weights = new Weights();
    for (Entry entry : entries.values()) {
      Dtype stored = dtypes.getOrDefault(entry.spec().name(), entry.stored());
      weights.put(
          new Entry(
              entry.spec(), entry.held(), entry.bytes(), stored, entry.added(), entry.source()));
    }
    return weights;
  }

  /**
   * The numbers of one tensor, row-major: a buffer of its own, direct and in native order. Over
   * shared memory if the tensor is held in fp32 (read-only if mapped), otherwise, and where an
   * adapter adds to it, over a converted copy, read-only: {@link #copyTo} does without.
   */
  public FloatBuffer get(String name) {
    return bytes(name).order(ByteOrder.nativeOrder()).asFloatBuffer();
  }

  /** Puts the numbers of one tensor into a buffer, at its position and in any order of bytes. */
  public void copyTo(String name, FloatBuffer target) {
    Entry entry = entry(name);
    int n = entry.elements();
    FloatBuffer into = target.slice(target.position(), n);
    if (entry.isPlain() && entry.source() == null) {
      into.put(get(name));
    } else {
      boolean together = n >= MANY || entry.added() != null;
      inPieces(entry, together, at -> into.put(at, numbers(entry, at)));
    }
    target.position(target.position() + n);
  }

  /**
   * CRC-32C of one tensor as little-endian fp32, however it is held: what the receiver of weights,
   * which come as fp32, compares.
   */
  public int crc32c(String name) {
    Entry entry = entry(name);
    var checksum = new CRC32C();
    if (entry.isPlain()) {
      checksum.update(entry.bytes().duplicate());
    } else {
      forEachPiece(entry, Dtype.F32, checksum::update);
    }
    return (int) checksum.getValue();
  }

  /** Writes the bytes of one tensor in its {@link #dtype}; it must be able to hold the numbers. */
  public void write(String name, WritableByteChannel channel) throws IOException {
    Entry entry = entry(name);
    if (entry.held() == entry.stored() && entry.added() == null) {
      check(entry);
      writeAll(entry.bytes().duplicate(), channel);
    } else {
      forEachPiece(entry, entry.stored(), bytes -> writeAll(bytes, channel));
    }
  }

  /** Of one tensor as little-endian fp32: its own memory where it is kept so. */
  public ByteBuffer bytes(String name) {
    Entry entry = entry(name);
    if (entry.isPlain()) {
      check(entry);
      return entry.bytes().duplicate();
    }
    ByteBuffer copy =
        ByteBuffer.allocateDirect(byteCount(entry.spec())).order(ByteOrder.LITTLE_ENDIAN);
    copyTo(name, copy.asFloatBuffer());
    return copy.asReadOnlyBuffer();
  }

  /** Whether two tensors have the same numbers in the same shape. */
  boolean areSame(String one, String other) {
    Entry a = entry(one);
    Entry b = entry(other);
    if (!a.spec().shape().equals(b.spec().shape())) {
      return false;
    }
    if (a.held() == b.held() && a.bytes().mismatch(b.bytes()) < 0) {
      return true;
    }
    for (int at = 0; at < a.elements(); at += PIECE) {
      float[] left = numbers(a, at);
      float[] right = numbers(b, at);
      for (int i = 0; i < left.length; i++) {
        if (left[i] != right[i]) { // a zero has two signs
          return false;
        }
      }
    }
    return true;
  }

  TensorSpec spec(String name) {
    return entry(name).spec();
  }

  void put(TensorSpec spec, ByteBuffer bytes) {
    put(spec, Dtype.F32, bytes, null);
  }

  /**
   * @param source the file that the bytes were mapped from; null: they come from none
   */
  void put(TensorSpec spec, Dtype dtype, ByteBuffer bytes, @Nullable Path source) {
    if (bytes.remaining() != spec.elements() * dtype.bytes()) {
      throw new IllegalArgumentException(
          spec + " in " + dtype + " in " + bytes.remaining() + " bytes");
    }
    String place = source == null ? null : source + ", " + spec.name();
    put(new Entry(spec, dtype, bytes, dtype, null, place));
  }

  /** Takes over a tensor of other weights under a name of its own. */
  void put(TensorSpec spec, Weights other, String name) {
    put(spec, other, name, other.entry(name).added());
  }

  /** The same with something that is added whenever it is read. */
  void put(TensorSpec spec, Weights other, String name, @Nullable LowRank added) {
    Entry entry = other.entry(name);
    if (!spec.shape().equals(entry.spec().shape())) {
      throw new IllegalArgumentException(spec + " (expected: shape of " + entry.spec() + ")");
    }
    put(new Entry(spec, entry.held(), entry.bytes(), entry.stored(), added, entry.source()));
  }

  /** Refuses others than these tensors in their order. */
  public void require(String name, List<TensorSpec> specs) {
    if (!specs().equals(specs)) {
      throw new IllegalArgumentException(name + " " + specs() + " (expected: " + specs + ")");
    }
  }

  /** Bytes of one tensor in fp32. A buffer of the JDK ends at 2 GiB. */
  public static int byteCount(TensorSpec spec) {
    return Math.toIntExact(Math.multiplyExact(spec.elements(), Float.BYTES));
  }

  private void put(Entry entry) {
    String name = entry.spec().name();
    if (entries.put(name, entry) != null) {
      throw new IllegalArgumentException(name + " is there twice");
    }
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException("no tensor " + name + " among " + entries.keySet());
    }
    return entry;
  }

  /** Looks at all numbers of a tensor that comes from a file. */
  private static void check(Entry entry) {
    if (entry.source() != null) {
      inPieces(entry, entry.elements() >= MANY, at -> numbers(entry, at));
    }
  }

  private static void inPieces(Entry entry, boolean together, IntConsumer work) {
    IntStream pieces = IntStream.range(0, (entry.elements() + PIECE - 1) / PIECE);
    (together ? pieces.parallel() : pieces).forEach(piece -> work.accept(piece * PIECE));
  }

  private static void requireFinite(float[] numbers, String source) {
    int largest = 0;
    for (float number : numbers) { // vector instructions: no way out in the middle
      largest = Math.max(largest, Float.floatToRawIntBits(number) & Integer.MAX_VALUE);
    }
    if (largest >= INFINITY) {
      throw UserError.expected(source, Float.intBitsToFloat(largest), "finite numbers");
    }
  }

  /** A piece of a tensor, or what is left of it. */
  private static float[] numbers(Entry entry, int at) {
    var numbers = new float[Math.min(PIECE, entry.elements() - at)];
    entry.held().read(entry.bytes(), at, numbers.length, numbers);
    if (entry.source() != null) {
      requireFinite(numbers, entry.source());
    }
    if (entry.added() != null) {
      entry.added().addTo(numbers, at);
    }
    return numbers;
  }

  /** What takes bytes and may fail at it in its own way. */
  private interface Sink<E extends Exception> {
    void accept(ByteBuffer bytes) throws E;
  }

  private static <E extends Exception> void forEachPiece(Entry entry, Dtype dtype, Sink<E> sink)
      throws E {
    for (int at = 0; at < entry.elements(); at += PIECE) {
      float[] numbers = numbers(entry, at);
      for (float number : numbers) {
        if (dtype.overflows(number)) {
          throw UserError.expected(
              entry.spec().name(), number, "a number that " + dtype + " can store");
        }
      }
      ByteBuffer bytes = ByteBuffer.allocate(numbers.length * dtype.bytes());
      dtype.write(numbers, numbers.length, bytes);
      sink.accept(bytes);
    }
  }

  private static void writeAll(ByteBuffer bytes, WritableByteChannel channel) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
