package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

final class LoraTest {
  private static final DecoderConfig GPT2 = DecoderConfig.gpt2(64, 32, 16, 2, 2, 64);

  @TempDir private Path folder;

  @Test
  void theScaleIsAlphaOverTheRankOrOverItsRoot() {
    assertEquals(2, new Lora(4, 8, false, List.of(Lora.ALL)).scale());
    assertEquals(4, new Lora(4, 8, true, List.of(Lora.ALL)).scale());
  }

  /** B A = (7 8)ᵀ (5 6) = ((35 42) (40 48)), half of it on top of ((1 2) (3 4)). */
  @Test
  void theProductIsAddedToTheMatrix() {
    float[] merged = {1, 2, 3, 4};
    new LowRank(new float[] {3.5f, 4}, new float[] {5, 6}, 1).addTo(merged, 0);
    assertArrayEquals(new float[] {18.5f, 23, 23, 28}, merged);
  }

  /** Rank 2: (1 2; 3 4; 5 6) (1 0 -1; 2 1 0), row by row, and from the middle of a row on. */
  @Test
  void anyPieceOfTheProductCanBeAdded() {
    var product = new LowRank(new float[] {1, 2, 3, 4, 5, 6}, new float[] {1, 0, -1, 2, 1, 0}, 2);
    float[] expected = {5, 2, -1, 11, 4, -3, 17, 6, -5};
    for (int from = 0; from < 9; from++) {
      for (int to = from; to <= 9; to++) {
        var piece = new float[to - from];
        product.addTo(piece, from);
        assertArrayEquals(Arrays.copyOfRange(expected, from, to), piece);
      }
    }
  }

  /** W + s B A where inputs come second, W + s (B A)ᵀ where they come first; number by number. */
  @Test
  void weightsOverAnAdapterAreItsBasesAndMore() {
    for (DecoderConfig config :
        List.of(GPT2, ModelFolder.describe(GoldenFamilies.unpack("llama3", folder)))) {
      Weights base = random(config.parameters(), 1);
      var lora = new Lora(3, 6, false, List.of(Lora.ALL));
      Weights factors = random(lora.parameters(config), 2);
      Weights merged = lora.over(base, config, factors);
      assertEquals(config.parameters(), merged.specs());
      List<Linear> adapted = lora.adapted(config);
      assertEquals(config.blocks().stream().flatMap(Block::linears).toList(), adapted);
      for (Linear linear : adapted) {
        String name = linear.weight().name();
        FloatBuffer a = factors.get(lora.a(linear).name());
        FloatBuffer b = factors.get(lora.b(linear).name());
        for (int out = 0; out < linear.outputs(); out++) {
          for (int in = 0; in < linear.inputs(); in++) {
            int at =
                linear.inputsFirst() ? in * linear.outputs() + out : out * linear.inputs() + in;
            double expected = base.get(name).get(at);
            for (int k = 0; k < 3; k++) {
              expected += 2.0 * b.get(out * 3 + k) * a.get(k * linear.inputs() + in);
            }
            assertEquals(expected, merged.get(name).get(at), 1e-5, name);
          }
        }
        assertEquals(copied(merged, name), merged.get(name));
      }
      String untouched = config.embedding().name();
      assertEquals(base.get(untouched), merged.get(untouched));
      assertEquals(base.crc32c(untouched), merged.crc32c(untouched));
    }
  }

  private static FloatBuffer copied(Weights weights, String name) {
    FloatBuffer into = FloatBuffer.allocate(weights.get(name).remaining());
    weights.copyTo(name, into);
    return into.flip();
  }

  @Test
  void targetsAreNamesOrTheirEnds() {
    assertEquals(
        List.of("transformer.h.0.attn.c_proj", "transformer.h.0.mlp.c_proj"),
        names(List.of("c_proj")).subList(0, 2));
    assertEquals(4, names(List.of("c_proj")).size());
    assertEquals(2, names(List.of("attn.c_proj")).size());
    assertEquals(List.of("transformer.h.1.mlp.c_fc"), names(List.of("transformer.h.1.mlp.c_fc")));
    assertEquals(
        "adapter target: proj (expected: all-linear, or names such as" + " [c_attn, c_fc, c_proj])",
        assertThrows(UserError.class, () -> names(List.of("c_fc", "proj"))).getMessage());
  }

  @Test
  void shapesAreThoseOfPeft() {
    var lora = new Lora(4, 8, false, List.of("c_fc"));
    assertEquals(
        List.of(
            TensorSpec.of("base_model.model.transformer.h.0.mlp.c_fc.lora_A.weight", 4, 16),
            TensorSpec.of("base_model.model.transformer.h.0.mlp.c_fc.lora_B.weight", 64, 4),
            TensorSpec.of("base_model.model.transformer.h.1.mlp.c_fc.lora_A.weight", 4, 16),
            TensorSpec.of("base_model.model.transformer.h.1.mlp.c_fc.lora_B.weight", 64, 4),
            TensorSpec.of("base_model.model.score.weight", 1, 16)),
        lora.parameters(GPT2.withHead(Head.SCORE)));
  }

  @Test
  void refusesWhatIsNoAdapter() {
    assertThrows(UserError.class, () -> new Lora(0, 8, false, List.of(Lora.ALL)));
    assertThrows(UserError.class, () -> new Lora(4, Double.NaN, false, List.of(Lora.ALL)));
    assertThrows(UserError.class, () -> new Lora(4, 8, false, List.of()));
  }

  private static List<String> names(List<String> targets) {
    return new Lora(1, 1, false, targets).adapted(GPT2).stream().map(Linear::name).toList();
  }

  private static Weights random(List<TensorSpec> specs, long seed) {
    var random = new SplittableRandom(seed);
    Weights weights = Weights.allocate(specs);
    for (TensorSpec spec : specs) {
      FloatBuffer numbers = weights.get(spec.name());
      Stream.generate(random::nextGaussian)
          .limit(spec.elements())
          .forEach(number -> numbers.put(number.floatValue()));
    }
    return weights;
  }
}
