package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ReadOnlyBufferException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;

final class SafetensorsTest {
  @TempDir private Path folder;

  /** Every byte by hand: header of 72 bytes, then 1.5 and -2 as little-endian fp32. */
  @Test
  void writesTheFormatToTheLetter() throws IOException {
    Weights weights = Weights.allocate(List.of(TensorSpec.of("a", 1, 2)));
    weights.get("a").put(new float[] {1.5f, -2f});
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, weights, Map.of());
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}";
    int padded = (header.length() + 7) / 8 * 8;
    assertEquals(
        ByteBuffer.allocate(8 + padded + 8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(header.getBytes(StandardCharsets.UTF_8))
            .put(" ".repeat(padded - header.length()).getBytes(StandardCharsets.UTF_8))
            .putInt(0x3fc00000)
            .putInt(0xc0000000)
            .flip(),
        ByteBuffer.wrap(Files.readAllBytes(file)));
  }

  @Test
  void readsWhatItWrote() {
    var specs =
        List.of(TensorSpec.of("z", 3), TensorSpec.of("b.weight", 4, 5), TensorSpec.of("c", 1));
    Weights weights = Weights.allocate(specs);
    for (int i = 0; i < 20; i++) {
      weights.get("b.weight").put(i, i / 3f);
    }
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, weights, Map.of("made by", "hand, \"quoted\""));
    Weights mapped = Safetensors.map(file);
    assertEquals(specs, mapped.specs());
    for (TensorSpec spec : specs) {
      assertEquals(weights.get(spec.name()), mapped.get(spec.name()));
      assertEquals(weights.crc32c(spec.name()), mapped.crc32c(spec.name()));
    }
    assertTrue(mapped.get("b.weight").isDirect());
    assertThrows(ReadOnlyBufferException.class, () -> mapped.get("z").put(0, 1f));
  }

  /** A file of 3 GiB (sparse): offsets beyond the 2 GiB of one buffer. */
  @Test
  void readsBeyondTwoGigabytes() throws IOException {
    long large = 1_500L << 20;
    String header =
        tensor("a", "F32", "[" + large / 4 + "]", 0, large)
            + ","
            + tensor("b", "F32", "[" + large / 4 + "]", large, 2 * large)
            + ","
            + tensor("c", "F32", "[2]", 2 * large, 2 * large + 8);
    Path file = write("{" + header + "}", 0);
    try (var out = Files.newByteChannel(file, java.nio.file.StandardOpenOption.WRITE)) {
      out.position(Files.size(file) + 2 * large);
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(3).putFloat(4).flip());
    }
    Weights weights = Safetensors.map(file);
    assertEquals(4f, weights.get("c").get(1));
    assertEquals(0f, weights.get("b").get((int) (large / 4 - 1)));
  }

  @Test
  void namesTheTensorOfAnotherType() throws IOException {
    Path file = write("{" + tensor("mask", "BOOL", "[4]", 0, 4) + "}", 4);
    assertRefused(file, ", mask: dtype BOOL (expected: F32, F16 or BF16)");
    assertTrue(Safetensors.map(file, name -> false).specs().isEmpty(), "nobody wants it");
  }

  /** By hand: 1 and -2.5 are 3c00 and c100 as F16, 3f80 and c020 as BF16. fp32 comes first. */
  @Test
  void writesSixteenBitsToTheLetter() throws IOException {
    Weights weights =
        Weights.allocate(
            List.of(TensorSpec.of("h", 2), TensorSpec.of("f", 1), TensorSpec.of("b", 2)));
    weights.get("h").put(new float[] {1, -2.5f});
    weights.get("b").put(new float[] {1, -2.5f});
    weights.get("f").put(1);
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, weights.storedAs(Map.of("h", Dtype.F16, "b", Dtype.BF16)), Map.of());
    byte[] all = Files.readAllBytes(file);
    assertEquals(
        "0000803f003c00c1803f20c0",
        HexFormat.of().formatHex(Arrays.copyOfRange(all, all.length - 12, all.length)));
    Weights mapped = Safetensors.map(file);
    assertEquals(Map.of("h", Dtype.F16, "f", Dtype.F32, "b", Dtype.BF16), mapped.dtypes());
    assertEquals(List.of("f", "h", "b"), mapped.specs().stream().map(TensorSpec::name).toList());
    assertEquals(weights.get("h"), mapped.get("h"));
    assertEquals(weights.get("b"), mapped.get("b"));
  }

  @Test
  void aNumberThatFits16BitsNotIsNamed() {
    Weights weights = Weights.allocate(List.of(TensorSpec.of("a", 2)));
    weights.get("a").put(1, 65520);
    Path file = folder.resolve("model.safetensors");
    var e =
        assertThrows(
            UserError.class,
            () -> Safetensors.write(file, weights.storedAs(Map.of("a", Dtype.F16)), Map.of()));
    assertEquals("a: 65520.0 (expected: a number that F16 can store)", e.getMessage());
    assertFalse(Files.exists(file));
  }

  @Test
  void refusesOverlapsAndGaps() throws IOException {
    Path overlap =
        write(
            "{" + tensor("a", "F32", "[2]", 0, 8) + "," + tensor("b", "F32", "[1]", 4, 8) + "}", 8);
    assertRefused(overlap, ", b: bytes 4 to 8 (expected: to start at 8)");
    Path gap =
        write(
            "{" + tensor("a", "F32", "[1]", 0, 4) + "," + tensor("b", "F32", "[1]", 8, 12) + "}",
            12);
    assertRefused(gap, ", b: bytes 8 to 12 (expected: to start at 4)");
    Path backwards = write("{" + tensor("a", "F32", "[1]", 0, -4) + "}", 8);
    assertRefused(backwards, ", a: bytes 0 to -4 (expected: to end behind its start)");
  }

  @Test
  void refusesAShapeThatDoesNotFitItsBytes() throws IOException {
    Path file = write("{" + tensor("a", "F32", "[3]", 0, 8) + "}", 8);
    assertRefused(file, ", a: 8 bytes (expected: shape [3] in F32)");
    Path huge = write("{" + tensor("a", "F32", "[4294967296,4294967296]", 0, 8) + "}", 8);
    assertRefused(huge, ", a: shape [4294967296, 4294967296] (expected: less than 2 GiB in fp32)");
    Path half = write("{" + tensor("a", "BF16", "[3]", 0, 8) + "}", 8);
    assertRefused(half, ", a: 8 bytes (expected: shape [3] in BF16)");
    Path large = write("{" + tensor("a", "F16", "[536870912]", 0, 8) + "}", 8);
    assertRefused(large, ", a: shape [536870912] (expected: less than 2 GiB in fp32)");
    Path strange = write("{\"a\":{\"dtype\":\"F32\",\"shape\":\"two\",\"data_offsets\":[0,8]}}", 8);
    var e = assertThrows(UserError.class, () -> Safetensors.map(strange));
    assertTrue(e.getMessage().endsWith("(expected: dtype, shape and two data_offsets)"));
  }

  @Test
  void refusesAFileThatWasCutOff() throws IOException {
    Path data = write("{" + tensor("a", "F32", "[2]", 0, 8) + "}", 5);
    assertRefused(data, ": 5 bytes of numbers (expected: 8; the file is cut off or damaged)");
    Path header = folder.resolve("header.safetensors");
    Files.write(header, new byte[] {64, 0, 0, 0, 0, 0, 0, 0, '{'});
    assertRefused(header, ": 1 bytes of header (expected: 64; the file is cut off or damaged)");
    Path nothing = folder.resolve("nothing.safetensors");
    Files.write(nothing, new byte[0]);
    assertRefused(nothing, ": 0 bytes (expected: a safetensors file)");
    Path more = write("{" + tensor("a", "F32", "[2]", 0, 8) + "}", 9);
    assertRefused(more, ": 9 bytes of numbers (expected: 8; the file is cut off or damaged)");
  }

  @Test
  void refusesHeadersThatAreNone() throws IOException {
    Path huge = folder.resolve("huge.safetensors");
    Files.write(huge, new byte[] {0, 0, 0, 0, 0, 0, 0, 0x7f});
    assertRefused(huge, ": header of 9151314442816847872 bytes (expected: 2 to 100000000)");
    assertRefused(write("[1]", 0), ": header ARRAY (expected: an object)");
    assertMessageStarts(write("{oops", 0), ": header is not JSON that names every tensor once");
    String twice = tensor("a", "F32", "[1]", 0, 4);
    assertMessageStarts(
        write("{" + twice + "," + twice + "}", 4),
        ": header is not JSON that names every tensor once");
    assertRefusedWith("file", folder.resolve("absent"), "a safetensors file that exists");
  }

  private static String tensor(String name, String type, String shape, long begin, long end) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
        .formatted(name, type, shape, begin, end);
  }

  private Path write(String header, int dataBytes) throws IOException {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    Path file = Files.createTempFile(folder, "test", ".safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
    return file;
  }

  private static void assertRefused(Path file, String message) {
    var e = assertThrows(UserError.class, () -> Safetensors.map(file));
    assertEquals(file + message, e.getMessage());
  }

  private static void assertMessageStarts(Path file, String start) {
    String message = assertThrows(UserError.class, () -> Safetensors.map(file)).getMessage();
    assertTrue(message.startsWith(file + start), message);
    assertEquals(1, message.lines().count());
  }

  private static void assertRefusedWith(String name, Path file, String expectation) {
    var e = assertThrows(UserError.class, () -> Safetensors.map(file));
    assertEquals(name + ": " + file + " (expected: " + expectation + ")", e.getMessage());
  }

  /** 600,000 tensors: refused while they are counted. */
  @Test
  void tooManyTensorsAreRefused() throws IOException {
    var header = new StringBuilder("{");
    for (int i = 0; i < 600_000; i++) {
      header.append(i == 0 ? "" : ",").append("\"t").append(i);
      header.append("\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[");
      header.append(4L * i).append(',').append(4L * i + 4).append("]}");
    }
    byte[] text = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
    Path file = folder.resolve("many.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(8 + text.length + 2_400_000)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(text.length)
            .put(text)
            .array());
    UserError error = assertThrows(UserError.class, () -> Safetensors.map(file));
    assertEquals(file + ": more than 20000 tensors (expected: fewer)", error.getMessage());
  }
}
