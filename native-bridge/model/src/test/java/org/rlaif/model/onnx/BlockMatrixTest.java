package org.rlaif.model.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class BlockMatrixTest {
  /** What a matrix becomes. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Kept(BlockMatrix matrix, byte[] values, float[] scales, byte[] zeroPoints) {
    static Kept of(BlockMatrix matrix, float... weights) {
      var values = new byte[(int) matrix.values().elements()];
      var scales = new float[(int) matrix.scales().elements()];
      var zeroPoints = new byte[(int) matrix.zeroPoints().elements()];
      matrix.quantize(
          FloatBuffer.wrap(weights),
          ByteBuffer.wrap(values),
          FloatBuffer.wrap(scales),
          ByteBuffer.wrap(zeroPoints));
      return new Kept(matrix, values, scales, zeroPoints);
    }

    float scale(int output, int input) {
      return scales[output * matrix.blocks() + input / 32];
    }

    /** The weight that is left, read as ONNX Runtime's documentation says. */
    double weight(int output, int input) {
      int block = output * matrix.blocks() + input / 32;
      int value = bits(values, block * matrix.blockBytes(), input % 32);
      int zero = bits(zeroPoints, output * matrix.zeroPointBytes(), input / 32);
      return (double) scale(output, input) * (value - zero);
    }

    private int bits(byte[] bytes, int from, int index) {
      if (matrix.bits() == 8) {
        return bytes[from + index] & 0xff;
      }
      int both = bytes[from + index / 2] & 0xff;
      return index % 2 == 0 ? both & 0xf : both >> 4;
    }
  }

  private static BlockMatrix matrix(int outputs, int inputs, boolean outputsFirst, int bits) {
    return new BlockMatrix("w", "w", outputs, inputs, outputsFirst, bits);
  }

  /** From -1 to 2 in 15 steps of 0.2: -1 is 0, zero is 5, 0.43 is 2.15 steps above it. */
  @Test
  void fourBitsByHand() {
    Kept kept = Kept.of(matrix(1, 5, true, 4), -1, 0, 0.43f, 2, -0.58f);
    assertEquals(0.2f, kept.scales()[0], 1e-7);
    byte[] expected = new byte[16];
    Arrays.fill(expected, (byte) 0x55); // zeros behind the last input
    expected[0] = 0x50;
    expected[1] = (byte) 0xf7;
    expected[2] = 0x52;
    assertArrayEquals(expected, kept.values());
    assertArrayEquals(new byte[] {5}, kept.zeroPoints());
    assertEquals(0.4, kept.weight(0, 2), 1e-6);
  }

  /** From -1 to 1.55 in 255 steps of 0.01: zero is 100. */
  @Test
  void eightBitsByHand() {
    Kept kept = Kept.of(matrix(1, 4, true, 8), 1.55f, -1, 0.254f, -0.003f);
    assertEquals(0.01f, kept.scales()[0], 1e-8);
    assertEquals(100, kept.zeroPoints()[0]);
    assertEquals((byte) 255, kept.values()[0]);
    assertEquals(0, kept.values()[1]);
    assertEquals(125, kept.values()[2]);
    assertEquals(100, kept.values()[3]);
  }

  /** Blocks that do not reach zero are widened to it; a block of zeros stays one. */
  @Test
  void zeroIsAlwaysKept() {
    var weights = new float[3 * 32];
    Arrays.fill(weights, 0, 32, 3);
    Arrays.fill(weights, 32, 64, -7);
    Kept kept = Kept.of(matrix(1, 96, true, 4), weights);
    assertArrayEquals(new float[] {3 / 15f, 7 / 15f, 0}, kept.scales(), 1e-7f);
    assertEquals(3, kept.weight(0, 0), 1e-6);
    assertEquals(-7, kept.weight(0, 40), 1e-6);
    assertEquals(0, kept.weight(0, 95), 0);
    assertArrayEquals(new byte[] {(byte) 0xf0, 0}, kept.zeroPoints());
  }

  /** The largest numbers of all do not become infinite. */
  @Test
  void extremesStayFinite() {
    Kept kept = Kept.of(matrix(1, 2, true, 8), Float.MAX_VALUE, -Float.MAX_VALUE);
    for (int i = 0; i < 2; i++) {
      assertEquals(i == 0 ? 1 : -1, kept.weight(0, i) / Float.MAX_VALUE, 0.01);
    }
  }

  @Test
  void conv1dIsReadAcross() {
    var random = new Random(3);
    for (int bits : new int[] {8, 4}) {
      int outputs = 130;
      int inputs = 70;
      var rows = new float[outputs * inputs];
      var columns = new float[outputs * inputs];
      for (int output = 0; output < outputs; output++) {
        for (int input = 0; input < inputs; input++) {
          float weight = (float) random.nextGaussian();
          rows[output * inputs + input] = weight;
          columns[input * outputs + output] = weight;
        }
      }
      Kept expected = Kept.of(matrix(outputs, inputs, true, bits), rows);
      Kept found = Kept.of(matrix(outputs, inputs, false, bits), columns);
      assertArrayEquals(expected.values(), found.values());
      assertArrayEquals(expected.scales(), found.scales());
      assertArrayEquals(expected.zeroPoints(), found.zeroPoints());
    }
  }

  /** No weight moves by more than half a step, whatever the block is like. */
  @Test
  void everyWeightStaysWithinHalfAStep() {
    for (int seed = 0; seed < 40; seed++) {
      var random = new Random(seed);
      int outputs = 1 + random.nextInt(5);
      int inputs = 1 + random.nextInt(200);
      double size = Math.pow(10, random.nextInt(12) - 6);
      double shift = random.nextInt(5) - 2;
      var weights = new float[outputs * inputs];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (size * (random.nextGaussian() + shift));
      }
      for (int bits : new int[] {8, 4}) {
        Kept kept = Kept.of(matrix(outputs, inputs, true, bits), weights);
        for (int i = 0; i < weights.length; i++) {
          int output = i / inputs;
          int input = i % inputs;
          double moved = Math.abs(weights[i] - kept.weight(output, input));
          assertTrue(
              moved <= 0.5001 * kept.scale(output, input),
              "seed " + seed + ", " + bits + " bits, weight " + i + " moved by " + moved);
        }
      }
    }
  }
}
