package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

final class DecoderConfigTest {
  private static final DecoderConfig GPT2 = DecoderConfig.gpt2(50257, 1024, 768, 12, 12, 3072);

  /** The size that GPT-2 small is known by, 124 M: 124,439,808 numbers, the tied head once. */
  @Test
  void gpt2HasItsKnownSize() {
    assertEquals(124_439_808L, GPT2.parameterCount());
    assertEquals(2 + 12 * 12 + 2, GPT2.parameters().size());
    assertEquals(64, GPT2.attention().headWidth());
  }

  @Test
  void theScoreHeadAddsOneRow() {
    DecoderConfig reward = GPT2.withHead(Head.SCORE);
    assertEquals(GPT2.parameterCount() + 768, reward.parameterCount());
    List<TensorSpec> all = reward.parameters();
    assertEquals(GPT2.parameters(), all.subList(0, all.size() - 1));
    assertEquals(TensorSpec.of("score.weight", 1, 768), all.get(all.size() - 1));
    assertEquals(GPT2, reward.withHead(Head.LANGUAGE_MODEL));
  }

  @Test
  void matricesOfABlockLieAsInAndOut() {
    assertEquals(
        List.of(
            TensorSpec.of("transformer.h.11.ln_1.weight", 768),
            TensorSpec.of("transformer.h.11.ln_1.bias", 768),
            TensorSpec.of("transformer.h.11.attn.c_attn.weight", 768, 2304),
            TensorSpec.of("transformer.h.11.attn.c_attn.bias", 2304),
            TensorSpec.of("transformer.h.11.attn.c_proj.weight", 768, 768),
            TensorSpec.of("transformer.h.11.attn.c_proj.bias", 768),
            TensorSpec.of("transformer.h.11.ln_2.weight", 768),
            TensorSpec.of("transformer.h.11.ln_2.bias", 768),
            TensorSpec.of("transformer.h.11.mlp.c_fc.weight", 768, 3072),
            TensorSpec.of("transformer.h.11.mlp.c_fc.bias", 3072),
            TensorSpec.of("transformer.h.11.mlp.c_proj.weight", 3072, 768),
            TensorSpec.of("transformer.h.11.mlp.c_proj.bias", 768)),
        GPT2.parameters().subList(2 + 11 * 12, 2 + 12 * 12));
  }

  @Test
  void badValuesAreNamed() {
    assertRefused("layers: 0 (expected: from 1 to 8192)", 0, 2);
    assertRefused(
        "n_embd: 16 (expected: a multiple of n_head, at most 1048576; n_head is 3)", 2, 3);
  }

  @Test
  void scoresAreScaledToMeanZeroAndVarianceOne() {
    var scale = new ScoreScale(3, 2); // of the scores 1 and 5
    assertEquals(-1, scale.apply(1));
    assertEquals(1, scale.apply(5));
    assertEquals(5, ScoreScale.IDENTITY.apply(5));
    var e = assertThrows(UserError.class, () -> new ScoreScale(0, 0));
    assertEquals("rlaif_score_standard_deviation: 0.0 (expected: > 0)", e.getMessage());
  }

  private static void assertRefused(String message, int layers, int heads) {
    var e = assertThrows(UserError.class, () -> DecoderConfig.gpt2(64, 32, 16, layers, heads, 64));
    assertEquals(message, e.getMessage());
  }
}
