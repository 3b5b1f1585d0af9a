package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.ReadOnlyBufferException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class WeightsTest {
  private static final TensorSpec SMALL = TensorSpec.of("small", 2, 3);
  private static final TensorSpec EIGHT = TensorSpec.of("eight", 8);

  @Test
  void buffersOfOneTensorShareItsMemoryAndHavePositionsOfTheirOwn() {
    Weights weights = Weights.allocate(List.of(SMALL, EIGHT));
    weights.get("small").put(new float[] {1, 2, 3, 4, 5, 6});
    assertEquals(5f, weights.get("small").get(4));
    assertEquals(6, weights.get("small").remaining());
    assertEquals(0f, weights.get("eight").get(0));
    assertTrue(weights.get("small").isDirect());
    assertEquals(List.of(SMALL, EIGHT), weights.specs());
  }

  /** RFC 3720, B.4: the CRC-32C of 32 zero bytes and of 32 bytes of ones. */
  @Test
  void checksumsAreThoseOfTheStandard() {
    Weights weights = Weights.allocate(List.of(EIGHT));
    assertEquals(0x8a9136aa, weights.crc32c("eight"));
    for (int i = 0; i < 8; i++) {
      weights.get("eight").put(i, Float.intBitsToFloat(-1));
    }
    assertEquals(0x62a8ab43, weights.crc32c("eight"));
  }

  /** More numbers than one thread or one piece takes, and a last piece that is not full. */
  @Test
  void copiesOfMappedHalvesGoWhereTheyShould(@TempDir Path folder) {
    int n = (1 << 20) + 4097;
    Weights made = Weights.allocate(List.of(TensorSpec.of("a", n), TensorSpec.of("b", 2, 3)));
    FloatBuffer numbers = made.get("a");
    for (int i = 0; i < n; i++) {
      numbers.put(i, i % 2048 - 1024);
    }
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, made.storedAs(Map.of("a", Dtype.F16)), Map.of());
    Weights mapped = Safetensors.map(file);
    FloatBuffer target = FloatBuffer.allocate(n + 7).put(9f);
    mapped.copyTo("a", target);
    mapped.copyTo("b", target);
    assertEquals(0, target.remaining());
    assertEquals(9f, target.get(0));
    assertEquals(numbers, target.slice(1, n));
    assertEquals(numbers, mapped.get("a"));
    assertTrue(mapped.get("a").isDirect());
    assertThrows(ReadOnlyBufferException.class, () -> mapped.get("a").put(0, 1f));
    assertEquals(made.crc32c("a"), mapped.crc32c("a"), "the checksum is that of fp32");
    assertThrows(RuntimeException.class, () -> mapped.copyTo("a", FloatBuffer.allocate(n - 1)));
  }

  @Test
  void namesThatAreNotThereAreRefused() {
    Weights weights = Weights.allocate(List.of(SMALL));
    var e = assertThrows(IllegalArgumentException.class, () -> weights.get("large"));
    assertEquals("no tensor large among [small]", e.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Weights.allocate(List.of(SMALL, SMALL)));
  }

  @Test
  void aSingleNumberHasAnEmptyShape() {
    assertEquals(1, new TensorSpec("scalar", List.of()).elements());
    assertEquals(6, SMALL.elements());
    assertThrows(IllegalArgumentException.class, () -> TensorSpec.of("none", 2, 0));
  }
}
