package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.Weights;

final class InitialTest {
  @Test
  void beginsAsGpt2Does() {
    var config = DecoderConfig.gpt2(768, 128, 96, 4, 4, 384).withHead(Head.SCORE);
    try (Network network = Network.create(config, 1, 0.02)) {
      Weights weights = network.weights();
      assertEquals(0.02, deviation(weights.get("transformer.wte.weight")), 0.0005);
      assertEquals(0.02, deviation(weights.get("transformer.h.3.mlp.c_fc.weight")), 0.0005);
      // 0.02 / √8
      assertEquals(0.00707, deviation(weights.get("transformer.h.0.attn.c_proj.weight")), 0.0003);
      assertEquals(0.00707, deviation(weights.get("transformer.h.3.mlp.c_proj.weight")), 0.0003);
      assertEquals(0, deviation(weights.get("transformer.h.2.attn.c_attn.bias")));
      assertEquals(1, weights.get("transformer.h.2.ln_2.weight").get(95));
      assertEquals(1, weights.get("transformer.ln_f.weight").get(0));
      assertEquals(1 / Math.sqrt(97), deviation(weights.get("score.weight")), 0.03);
    }
  }

  private static double deviation(FloatBuffer numbers) {
    double squares = 0;
    int n = numbers.remaining();
    while (numbers.hasRemaining()) {
      double number = numbers.get();
      squares += number * number;
    }
    return Math.sqrt(squares / n);
  }

  @Test
  void theSeedDecidesEveryWeight() {
    try (Network one = Tiny.network(1);
        Network same = Tiny.network(1);
        Network other = Tiny.network(2)) {
      assertArrayEquals(Tiny.checksums(one), Tiny.checksums(same));
      assertFalse(Arrays.equals(Tiny.checksums(one), Tiny.checksums(other)));
    }
  }
}
