package org.rlaif.model.onnx;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.TensorSpec;

final class QuantizationTest {
  private static final DecoderConfig GPT2 = DecoderConfig.gpt2(50257, 1024, 768, 12, 12, 3072);

  @Test
  void withoutItEveryParameterIsPlain() {
    assertEquals(GPT2.parameters(), Quantization.NONE.plain(GPT2));
    assertEquals(List.of(), Quantization.NONE.matrices(GPT2));
    assertEquals(List.of(), Quantization.NONE.cacheScales(GPT2));
    assertTrue(Quantization.NONE.isNone());
  }

  /** Of GPT-2's 124 million numbers all but embeddings, norms and biases lie in blocks. */
  @Test
  void matricesOfGpt2() {
    var int4 = new Quantization(Precision.INT4, Precision.FP32);
    List<BlockMatrix> matrices = int4.matrices(GPT2);
    assertEquals(12 * 4 + 1, matrices.size());
    // 12 (2304 + 768 + 3072) 768 + 12 768 3072, each half a byte, with a scale and half a zero
    // point for 32 of them.
    long blocks = (12L * (2304 + 768 + 3072) * 768 + 12L * 768 * 3072) / 32;
    long head = 50257L * 768 / 32;
    long bytes = matrices.stream().mapToLong(BlockMatrix::byteCount).sum();
    assertEquals((blocks + head) * 16 + (blocks + head) * 4 + (blocks + head) / 2, bytes);
    assertEquals(
        50257L * 768 + 1024 * 768 + 12 * (9 * 768 + 4 * 768) + 2 * 768,
        int4.plain(GPT2).stream().mapToLong(TensorSpec::elements).sum());
  }

  /** A score head is a single row: it stays as it is. */
  @Test
  void aScoreHeadIsPlain() {
    var int8 = new Quantization(Precision.INT8, Precision.FP32);
    DecoderConfig score = GPT2.withHead(Head.SCORE);
    assertEquals(12 * 4, int8.matrices(score).size());
    assertTrue(int8.plain(score).contains(TensorSpec.of("score.weight", 1, 768)));
  }

  @Test
  void cacheScalesStandByHeadAndColumn() {
    List<TensorSpec> scales = new Quantization(Precision.FP32, Precision.INT8).cacheScales(GPT2);
    assertEquals(24, scales.size());
    assertEquals(
        TensorSpec.of("transformer.h.0.attention.value.scale", 1, 12, 1, 64), scales.get(1));
  }

  @Test
  void whatDoesNotExistIsRefused() {
    assertEquals(Precision.INT8, Precision.of("weights", "int8"));
    UserError label = assertThrows(UserError.class, () -> Precision.of("weights", "int2"));
    assertEquals("weights: int2 (expected: fp32, int8 or int4)", label.getMessage());
    UserError cache =
        assertThrows(UserError.class, () -> new Quantization(Precision.INT8, Precision.INT4));
    assertEquals("KV cache: int4 (expected: fp32 or int8 keys and values)", cache.getMessage());
  }
}
