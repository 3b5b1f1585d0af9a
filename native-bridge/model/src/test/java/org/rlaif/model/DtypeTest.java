package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Json;

final class DtypeTest {
  /** IEEE 754 binary16 by hand: s eeeee ffffffffff, value ±2^(e-15) · 1.f, or ±2^-14 · 0.f. */
  @Test
  void halves() {
    assertHalf(0x0000, 0f);
    assertHalf(0x8000, -0f);
    assertHalf(0x3c00, 1f);
    assertHalf(0xc100, -2.5f); // -1.25 · 2^1: exponent 16, fraction 0.25 · 1024
    assertHalf(0x0001, 0x1p-24f); // the smallest subnormal number
    assertHalf(0x03ff, 1023 * 0x1p-24f); // the largest
    assertHalf(0x0400, 0x1p-14f); // the smallest normal number
    assertHalf(0x7bff, 65504f); // the largest
    assertHalf(0x7c00, Float.POSITIVE_INFINITY);
    assertHalf(0xfc00, Float.NEGATIVE_INFINITY);
    assertTrue(Float.isNaN(Dtype.halfToFloat((short) 0x7e00)));
  }

  /** Around 1 halves are 2^-10 apart, around 2048 they are 2 apart. */
  @Test
  void halvesAreRoundedToNearestAndTiesToEven() {
    assertEquals(0x3c00, half(1 + 0x1p-11f), "between 1 and the next: the even one is 1");
    assertEquals(0x3c02, half(1 + 3 * 0x1p-11f), "between the next two: the even one is above");
    assertEquals(0x3c01, half(1 + 0x1p-11f + 0x1p-20f), "just above the middle");
    assertEquals(half(2048), half(2049));
    assertEquals(half(2052), half(2051));
    assertEquals(0x0000, half(0x1p-25f), "between 0 and the smallest");
    assertEquals(0x0002, half(1.5f * 0x1p-24f), "between the two smallest");
    assertEquals(0x0001, half(0x1.000002p-25f));
    assertEquals(0x0000, half(Float.MIN_VALUE));
    assertEquals(0x0400, half(1023.5f * 0x1p-24f), "up to the smallest normal number");
    assertEquals(0x4000, half(2 - 0x1p-11f), "a carry into the exponent");
    assertEquals(0x7bff, half(65519.99f));
    assertEquals(0x7c00, half(65520f), "between 65504 and what would be next");
    assertEquals(0xfc00, half(-Float.MAX_VALUE));
  }

  /** bfloat16 by hand: the upper 16 bits of a float; around 1 they are 2^-7 apart. */
  @Test
  void brainFloats() {
    assertBrain(0x3f80, 1f);
    assertBrain(0xc020, -2.5f);
    assertBrain(0x0001, 0x1p-133f); // the smallest subnormal number: 2^-126 · 2^-7
    assertBrain(0x7f7f, 0x1.fep127f); // the largest
    assertBrain(0x8000, -0f);
    assertBrain(0x7f80, Float.POSITIVE_INFINITY);
    assertEquals(0x3f80, brain(1 + 0x1p-8f), "between 1 and the next: the even one is 1");
    assertEquals(0x3f82, brain(1 + 3 * 0x1p-8f));
    assertEquals(0x3f81, brain(1 + 0x1p-8f + 0x1p-20f));
    assertEquals(0x4780, brain(65504f), "65504 is nearer to 65536 than to 65280");
    assertEquals(0x7f80, brain(Float.MAX_VALUE));
    assertEquals(0x0000, brain(Float.MIN_VALUE));
  }

  @Test
  void everyPatternComesBack() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertEquals(bits, half(Dtype.halfToFloat((short) bits)), "F16");
      assertEquals(bits, brain(Dtype.brainToFloat((short) bits)), "BF16");
    }
  }

  /** A NaN whose fraction has ones only where 16 bits end must not become infinite. */
  @Test
  void whatIsNoNumberStaysNone() {
    float nan = Float.intBitsToFloat(0x7f800001);
    assertTrue(Float.isNaN(Dtype.halfToFloat(Dtype.floatToHalf(nan))));
    assertTrue(Float.isNaN(Dtype.brainToFloat(Dtype.floatToBrain(nan))));
  }

  @Test
  void overflowsWhereRoundingEndsInInfinity() {
    assertFalse(Dtype.F16.overflows(Math.nextDown(65520f)));
    assertTrue(Dtype.F16.overflows(-65520f));
    float middle = 0x1.ffp127f; // between the largest, 1.fe, and what would be next
    assertFalse(Dtype.BF16.overflows(Math.nextDown(middle)));
    assertEquals(0x7f7f, brain(Math.nextDown(middle)));
    assertTrue(Dtype.BF16.overflows(middle));
    assertEquals(0x7f80, brain(middle));
    assertFalse(Dtype.F32.overflows(Float.MAX_VALUE));
    assertFalse(Dtype.F16.overflows(Float.NEGATIVE_INFINITY), "it was infinite before");
  }

  /** Numbers of every size, as PyTorch rounds them and reads them again. */
  @Test
  void agreesWithPyTorch() throws IOException {
    Weights golden = golden();
    assertEquals(Dtype.F16, golden.dtype("f16"));
    assertEquals(Dtype.BF16, golden.dtype("bf16"));
    FloatBuffer numbers = golden.get("numbers");
    assertEquals(1408, numbers.remaining());
    for (int i = 0; i < numbers.remaining(); i++) {
      float number = numbers.get(i);
      float half = golden.get("f16.read").get(i);
      float brain = golden.get("bf16.read").get(i);
      assertBits(half, Dtype.halfToFloat(Dtype.floatToHalf(number)), number);
      assertBits(brain, Dtype.brainToFloat(Dtype.floatToBrain(number)), number);
      assertBits(half, golden.get("f16").get(i), number);
      assertBits(brain, golden.get("bf16").get(i), number);
    }
  }

  /** Read here: some numbers are infinite, as those of no model's file may be. */
  private static Weights golden() throws IOException {
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(Golden.path("dtypes.safetensors")));
    int start = Long.BYTES + (int) file.order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    JsonNode header = Json.MAPPER.readTree(file.array(), Long.BYTES, start - Long.BYTES);
    var golden = new Weights();
    for (String name : new String[] {"numbers", "f16", "f16.read", "bf16", "bf16.read"}) {
      JsonNode tensor = header.get(name);
      long[] shape =
          StreamSupport.stream(tensor.get("shape").spliterator(), false)
              .mapToLong(JsonNode::asLong)
              .toArray();
      int from = tensor.get("data_offsets").get(0).asInt();
      int to = tensor.get("data_offsets").get(1).asInt();
      ByteBuffer bytes = file.slice(start + from, to - from).order(ByteOrder.LITTLE_ENDIAN);
      Dtype dtype = Dtype.valueOf(tensor.get("dtype").asText());
      golden.put(TensorSpec.of(name, shape), dtype, bytes, /* source= */ null);
    }
    return golden;
  }

  private static void assertHalf(int bits, float number) {
    assertBits(number, Dtype.halfToFloat((short) bits), number);
    assertEquals(bits, half(number));
  }

  private static void assertBrain(int bits, float number) {
    assertBits(number, Dtype.brainToFloat((short) bits), number);
    assertEquals(bits, brain(number));
  }

  private static int half(float number) {
    return Dtype.floatToHalf(number) & 0xffff;
  }

  private static int brain(float number) {
    return Dtype.floatToBrain(number) & 0xffff;
  }

  private static void assertBits(float expected, float actual, float number) {
    assertEquals(
        Float.floatToRawIntBits(expected),
        Float.floatToRawIntBits(actual),
        () -> number + ": " + actual + " instead of " + expected);
  }
}
