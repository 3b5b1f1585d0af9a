package org.rlaif.model;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * Hugging Face's safetensors files: eight bytes with the length of the header (little-endian), a
 * JSON header, the raw little-endian numbers. We read and write {@link Dtype three kinds} of them.
 * Each tensor is mapped on its own, so that a file may exceed the 2 GiB of a single buffer.
 */
public final class Safetensors {
  private static final int LENGTH_BYTES = 8;

  /** The limit of the reference implementation. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  /** Ten times what the largest dense models have; a process may not map many more. */
  private static final int MOST_TENSORS = 20_000;

  private static final String METADATA = "__metadata__";

  /** A tensor and its bytes from {@code begin} to {@code end}, counted from the header's end. */
  private record Region(TensorSpec spec, String type, long begin, long end) {}

  private Safetensors() {}

  /**
   * Maps a file, or what a symbolic link leads to, read-only; a {@link UserError} names the file
   * and what is wrong in it.
   */
  public static Weights map(Path file) {
    return map(file, name -> true);
  }

  /** Like {@link #map(Path)}, without the tensors that nobody wants, whatever their type. */
  static Weights map(Path file, Predicate<String> wanted) {
    if (!Files.isRegularFile(file)) {
      throw UserError.expected("file", file, "a safetensors file that exists");
    }
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long headerBytes = headerLength(file, channel, size);
      long start = LENGTH_BYTES + headerBytes;
      List<Region> regions = regions(file, header(file, channel, (int) headerBytes));
      checkCover(file, regions, size - start);
      var weights = new Weights();
      for (Region region : regions) {
        if (wanted.test(region.spec().name())) {
          Dtype dtype = mappable(file, region);
          long length = region.end() - region.begin();
          weights.put(
              region.spec(),
              dtype,
              channel.map(MapMode.READ_ONLY, start + region.begin(), length),
              file);
        }
      }
      return weights;
    } catch (IOException e) {
      throw new UserError(file + ": cannot be read (" + e.getMessage() + ")", e);
    }
  }

  /**
   * Writes every tensor in its {@link Weights#dtype}, atomically: fp32 first, otherwise in the
   * order of {@link Weights#specs()}. So, and because the header is padded with spaces to a
   * multiple of 8 bytes, mapped numbers are aligned.
   */
  public static void write(Path file, Weights weights, Map<String, String> metadata) {
    List<TensorSpec> specs = inFileOrder(weights);
    byte[] header = header(weights, specs, metadata);
    AtomicFiles.write(
        file,
        out -> {
          WritableByteChannel channel = Channels.newChannel(out);
          channel.write(littleEndian(header.length));
          channel.write(ByteBuffer.wrap(header));
          for (TensorSpec spec : specs) {
            weights.write(spec.name(), channel);
          }
        });
  }

  /** What one tensor takes in a file. */
  static long byteCount(Weights weights, TensorSpec spec) {
    return spec.elements() * weights.dtype(spec.name()).bytes();
  }

  private static List<TensorSpec> inFileOrder(Weights weights) {
    return weights.specs().stream()
        .sorted(Comparator.comparingInt(spec -> -weights.dtype(spec.name()).bytes()))
        .toList();
  }

  private static byte[] header(
      Weights weights, List<TensorSpec> specs, Map<String, String> metadata) {
    var all = new LinkedHashMap<String, String>(Map.of("format", "pt"));
    all.putAll(metadata);
    var json = Json.MAPPER.createObjectNode();
    json.set(METADATA, Json.MAPPER.valueToTree(all));
    long offset = 0;
    for (TensorSpec spec : specs) {
      long end = offset + byteCount(weights, spec);
      Dtype dtype = weights.dtype(spec.name());
      var tensor = json.putObject(spec.name()).put("dtype", dtype.name());
      tensor.set("shape", Json.MAPPER.valueToTree(spec.shape()));
      tensor.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    byte[] text = json.toString().getBytes(StandardCharsets.UTF_8);
    byte[] padded = Arrays.copyOf(text, (text.length + 7) / 8 * 8);
    Arrays.fill(padded, text.length, padded.length, (byte) ' ');
    return padded;
  }

  private static ByteBuffer littleEndian(long value) {
    return ByteBuffer.allocate(LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).flip();
  }

  private static long headerLength(Path file, FileChannel channel, long size) throws IOException {
    if (size < LENGTH_BYTES) {
      throw UserError.expected(file.toString(), size + " bytes", "a safetensors file");
    }
    long length = read(channel, 0, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 2 || length > MAX_HEADER_BYTES) {
      throw UserError.expected(
          file.toString(), "header of " + length + " bytes", "2 to " + MAX_HEADER_BYTES);
    }
    if (LENGTH_BYTES + length > size) {
      throw damaged(file, size - LENGTH_BYTES + " bytes of header", length);
    }
    return length;
  }

  private static JsonNode header(Path file, FileChannel channel, int length) throws IOException {
    byte[] text = read(channel, LENGTH_BYTES, length).array();
    try {
      countTensors(file, text);
      JsonNode header =
          Json.MAPPER
              .readerFor(JsonNode.class)
              .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
              .readTree(text);
      if (!header.isObject()) {
        throw UserError.expected(file.toString(), "header " + header.getNodeType(), "an object");
      }
      return header;
    } catch (JsonProcessingException e) {
      throw new UserError(file + ": header is not JSON that names every tensor once", e);
    }
  }

  /** Before all of them become objects. */
  private static void countTensors(Path file, byte[] header) throws IOException {
    try (JsonParser parser = Json.MAPPER.createParser(header)) {
      int tensors = 0;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        UserError.require(
            ++tensors <= MOST_TENSORS,
            file.toString(),
            "more than " + MOST_TENSORS + " tensors",
            "fewer");
        parser.nextToken();
        parser.skipChildren();
      }
    }
  }

  private static List<Region> regions(Path file, JsonNode header) {
    var regions = new ArrayList<Region>();
    for (Map.Entry<String, JsonNode> field : header.properties()) {
      if (!field.getKey().equals(METADATA)) {
        regions.add(region(file, field.getKey(), field.getValue()));
      }
    }
    regions.sort(Comparator.comparingLong(Region::begin));
    return regions;
  }

  private static Region region(Path file, String name, JsonNode json) {
    JsonNode offsets = json.path("data_offsets");
    var shape = new ArrayList<Long>();
    boolean sound = json.path("shape").isArray() && offsets.size() == 2;
    for (JsonNode dimension : json.path("shape")) {
      sound &= dimension.canConvertToLong() && dimension.asLong() > 0;
      shape.add(dimension.asLong());
    }
    sound &= offsets.path(0).canConvertToLong() && offsets.path(1).canConvertToLong();
    if (!sound) {
      throw UserError.expected(file + ", " + name, json, "dtype, shape and two data_offsets");
    }
    return new Region(
        new TensorSpec(name, shape),
        json.path("dtype").asText(),
        offsets.path(0).asLong(),
        offsets.path(1).asLong());
  }

  /** Regions in order must cover the data exactly: no overlap, no gap, nothing cut off. */
  private static void checkCover(Path file, List<Region> regions, long dataBytes) {
    long covered = 0;
    for (Region region : regions) {
      String place = file + ", " + region.spec().name();
      String bytes = "bytes " + region.begin() + " to " + region.end();
      UserError.require(region.begin() == covered, place, bytes, "to start at " + covered);
      UserError.require(region.end() > region.begin(), place, bytes, "to end behind its start");
      covered = region.end();
    }
    if (covered != dataBytes) {
      throw damaged(file, dataBytes + " bytes of numbers", covered);
    }
  }

  /** The tensor's dtype, if its numbers fit into a buffer as fp32 and its bytes are theirs. */
  private static Dtype mappable(Path file, Region region) {
    TensorSpec spec = region.spec();
    String place = file + ", " + spec.name();
    Dtype dtype =
        Arrays.stream(Dtype.values())
            .filter(each -> each.name().equals(region.type()))
            .findFirst()
            .orElseThrow(
                () -> UserError.expected(place, "dtype " + region.type(), "F32, F16 or BF16"));
    double elements =
        spec.shape().stream().mapToDouble(Long::doubleValue).reduce(1, (a, b) -> a * b);
    UserError.require(
        elements * Float.BYTES <= Integer.MAX_VALUE,
        place,
        "shape " + spec.shape(),
        "less than 2 GiB in fp32");
    long bytes = region.end() - region.begin();
    UserError.require(
        bytes == spec.elements() * dtype.bytes(),
        place,
        bytes + " bytes",
        "shape " + spec.shape() + " in " + dtype);
    return dtype;
  }

  private static UserError damaged(Path file, String found, long expected) {
    return UserError.expected(
        file.toString(), found, expected + "; the file is cut off or damaged");
  }

  private static ByteBuffer read(FileChannel channel, long position, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        throw new EOFException("the file ended at byte " + (position + buffer.position()));
      }
    }
    return buffer.flip();
  }
}
