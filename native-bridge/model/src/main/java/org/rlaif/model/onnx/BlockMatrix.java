package org.rlaif.model.onnx;

import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.rlaif.model.TensorSpec;

/**
 * A matrix (N outputs, K inputs) kept as whole numbers of few bits, in the layout that ONNX
 * Runtime's {@code MatMulNBits} multiplies by. Along the inputs of an output, 32 weights at a time
 * are a block with a scale s and a zero point z of its own. With the block's extremes, zero
 * included, and b bits (affine quantisation: Jacob et al. 2018, section 2.1, eq. 1 and 12):
 *
 * <pre>
 * s = (max - min) / (2^b - 1)
 * z = round(-min / s)
 * q = clamp(round(w / s) + z, 0, 2^b - 1),    w ~ s (q - z)
 * </pre>
 *
 * so that a weight is at most s / 2 from what is kept of it, and 0 stays 0.
 *
 * @param name in the graph
 * @param source the model's fp32 tensor that it is made from
 * @param outputs N
 * @param inputs K; the last block is filled up with zeros
 * @param outputsFirst whether the source is (N, K), as an embedding, or (K, N), as Conv1D's
 * @param bits 8 or 4; of two that share a byte the first one is low
 */
public record BlockMatrix(
    String name, String source, int outputs, int inputs, boolean outputsFirst, int bits) {
  /** Weights that share a scale. */
  public static final int BLOCK = 32;

  /** Outputs that are read at a time: lines of a transposed source are not torn too small. */
  private static final int GROUP = 64;

  /** Blocks of one output. */
  public int blocks() {
    return (inputs + BLOCK - 1) / BLOCK;
  }

  /** Bytes of one block's whole numbers. */
  public int blockBytes() {
    return BLOCK * bits / 8;
  }

  /** Name and shape of the whole numbers, uint8. */
  public TensorSpec values() {
    return TensorSpec.of(name + ".values", outputs, blocks(), blockBytes());
  }

  /** Name and shape of the scales, fp32. */
  public TensorSpec scales() {
    return TensorSpec.of(name + ".scales", outputs, blocks());
  }

  /** Name and shape of the zero points, uint8. */
  public TensorSpec zeroPoints() {
    return TensorSpec.of(name + ".zero_points", outputs, zeroPointBytes());
  }

  /** Bytes of one output's zero points. */
  public int zeroPointBytes() {
    return (blocks() * bits + 7) / 8;
  }

  /** Of whole numbers, scales and zero points. */
  public long byteCount() {
    return (long) outputs * (blocks() * (blockBytes() + Float.BYTES) + zeroPointBytes());
  }

  /**
   * Fills the matrix; works on several outputs at the same time.
   *
   * @param weights the source's numbers
   * @param values (outputs, blocks, blockBytes)
   * @param scales (outputs, blocks)
   * @param zeroPoints (outputs, zeroPointBytes)
   */
  public void quantize(
      FloatBuffer weights, ByteBuffer values, FloatBuffer scales, ByteBuffer zeroPoints) {
    int groups = (outputs + GROUP - 1) / GROUP;
    IntStream.range(0, groups)
        .parallel()
        .forEach(group -> group(group * GROUP, weights, values, scales, zeroPoints));
  }

  private void group(
      int first, FloatBuffer weights, ByteBuffer values, FloatBuffer scales, ByteBuffer zeros) {
    int rows = Math.min(GROUP, outputs - first);
    var tile = new float[rows][BLOCK];
    var line = new float[rows];
    var points = new byte[rows][zeroPointBytes()];
    var packed = new byte[blockBytes()];
    for (int block = 0; block < blocks(); block++) {
      read(weights, first, block, tile, line);
      for (int row = 0; row < rows; row++) {
        int index = (first + row) * blocks() + block;
        scales.put(index, block(tile[row], block, packed, points[row]));
        values.put(index * packed.length, packed);
      }
    }
    for (int row = 0; row < rows; row++) {
      zeros.put((first + row) * zeroPointBytes(), points[row]);
    }
  }

  /** One block of some outputs; zeros where the inputs have ended. */
  private void read(FloatBuffer weights, int first, int block, float[][] tile, float[] line) {
    int begin = block * BLOCK;
    int count = Math.min(BLOCK, inputs - begin);
    for (float[] row : tile) {
      Arrays.fill(row, count, BLOCK, 0);
    }
    if (outputsFirst) {
      for (int row = 0; row < tile.length; row++) {
        weights.get((first + row) * inputs + begin, tile[row], 0, count);
      }
      return;
    }
    for (int i = 0; i < count; i++) {
      weights.get((begin + i) * outputs + first, line);
      for (int row = 0; row < tile.length; row++) {
        tile[row][i] = line[row];
      }
    }
  }

  /** Quantises 32 weights; returns their scale. */
  private float block(float[] weights, int block, byte[] packed, byte[] zeroPoints) {
    float min = 0;
    float max = 0;
    for (float weight : weights) {
      min = Math.min(min, weight);
      max = Math.max(max, weight);
    }
    int most = (1 << bits) - 1;
    float scale = max / most - min / most; // the difference first could be infinite
    int zero = scale == 0 ? 0 : Math.round(-min / scale);
    Arrays.fill(packed, (byte) 0);
    for (int i = 0; i < BLOCK; i++) {
      int value = scale == 0 ? 0 : Math.round(weights[i] / scale) + zero;
      put(packed, i, Math.max(0, Math.min(most, value)));
    }
    put(zeroPoints, block, zero);
    return scale;
  }

  private void put(byte[] packed, int index, int value) {
    int bit = index * bits;
    packed[bit / 8] |= (byte) (value << bit % 8);
  }
}
