package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.Rotary.Llama3;
import org.rlaif.model.Rotary.Yarn;

/** Rotations against Hugging Face transformers' in fp32, and what is not read as it does. */
final class RotaryTest {
  private static final int POSITION = 4000;

  /**
   * By {@code golden/families/make_rotary.py}.
   *
   * @param cosines at position 4,000, as the sines
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as records
  record Golden(ObjectNode config, float[] frequencies, float[] cosines, float[] sines) {}

  @TempDir private Path folder;

  private static Map<String, Golden> cases() throws IOException {
    try (InputStream in = RotaryTest.class.getResourceAsStream("golden/families/rotary.json")) {
      return Json.MAPPER.readValue(in, new TypeReference<>() {});
    }
  }

  static List<String> names() throws IOException {
    return List.copyOf(cases().keySet());
  }

  /**
   * PyTorch's powers are off by an ulp now and then, for one frequency in hundreds, and what is
   * made of them by two; cosines and sines of the same angle differ by an ulp as well.
   */
  @ParameterizedTest
  @MethodSource("names")
  void frequenciesAreThoseOfTransformers(String name) throws IOException {
    Golden golden = cases().get(name);
    Rotary rotary = ConfigJson.decoder(golden.config()).rotary();
    float[] found = rotary.frequencies();
    assertEquals(golden.frequencies().length, found.length);
    int different = 0;
    for (int i = 0; i < found.length; i++) {
      float expected = golden.frequencies()[i];
      assertEquals(expected, found[i], 2 * Math.ulp(expected), "frequency " + i);
      if (expected != found[i]) {
        different++;
      }
    }
    assertTrue(different <= 1, different + " differ");
    int all = (POSITION + 1) * found.length;
    FloatBuffer cosines = FloatBuffer.allocate(all);
    FloatBuffer sines = FloatBuffer.allocate(all);
    rotary.fill(cosines, sines, POSITION + 1);
    for (int i = 0; i < found.length; i++) {
      if (golden.frequencies()[i] == found[i]) {
        int at = POSITION * found.length + i;
        assertEquals(golden.cosines()[i], cosines.get(at), 1.5e-7, "cosine " + i);
        assertEquals(golden.sines()[i], sines.get(at), 1.5e-7, "sine " + i);
      }
    }
  }

  /**
   * Worked out with a width of 4, theta 10,000: the frequencies are 1 and 0.01. Over 64 tokens
   * these are 10.186 and 0.10186 waves. Llama 3's from 1 to 4 waves leaves the first and divides
   * the second; with high = 16 the first lies (10.186 - 1) / 15 = 0.61239 of the way: 0.61239 +
   * 0.38761 / 8 = 0.66084.
   */
  @Test
  void llama3SlowsLongWaves() {
    Rotary rotary = new Rotary(4, 10_000, new Llama3(8, 1, 4, 64));
    assertEquals(1, rotary.frequency(0));
    assertEquals(0.00125, rotary.frequency(1), 1e-9);
    assertEquals(0.66084, new Rotary(4, 10_000, new Llama3(8, 1, 16, 64)).frequency(0), 1e-5);
  }

  /**
   * YaRN with a width of 8, theta 10,000, over 64 tokens: pair(r) = 8 ln(64 / (2 pi r)) / (2 ln
   * 10,000); of 2 turns it is 0.7071 and of 0.5 1.3092, outwards 0 and 2. So pair 0 is left, pair 1
   * lies halfway, pairs 2 and 3 are slowed by 4: 1, 0.1 (1 + 1/4) / 2, 0.01 / 4, 0.001 / 4.
   */
  @Test
  void yarnSlowsPairsThatHardlyTurn() {
    var scaling = new Yarn(4, 64, 2, 0.5, Yarn.magnitude(4, 1), true);
    Rotary rotary = new Rotary(8, 10_000, scaling);
    assertEquals(1, rotary.frequency(0));
    assertEquals(0.0625, rotary.frequency(1), 1e-8);
    assertEquals(0.0025, rotary.frequency(2), 1e-9);
    assertEquals(0.00025, rotary.frequency(3), 1e-10);
    assertEquals(1.138629, Yarn.magnitude(4, 1), 1e-6); // 0.1 ln 4 + 1
    assertEquals(1.277259, Yarn.magnitude(4, 2), 1e-6); // 0.2 ln 4 + 1
    assertEquals(1, Yarn.magnitude(1, 1));
  }

  /** What transformers does not read where it stands is no rotation of ours either. */
  @Test
  void whatTransformersIgnoresIsRefused() {
    for (String name : List.of("llama2", "mistral", "qwen2", "qwen3")) {
      assertRefused(
          name,
          c -> c.put("partial_rotary_factor", 0.5),
          "partial_rotary_factor: 0.5 (expected: 1.0, which transformers uses whatever stands here,"
              + " or none)");
      assertRefused(
          name,
          c -> ((ObjectNode) c.path("rope_parameters")).put("partial_rotary_factor", 0.5),
          "rope_parameters.partial_rotary_factor: 0.5 (expected: 1.0, which transformers uses"
              + " whatever stands here, or none)");
      assertRefused(
          name,
          c -> c.put("rotary_emb_base", 500),
          "rotary_emb_base: 500 (expected: a key that is known here, or none)");
    }
    assertRefused(
        "gpt_neox_old",
        c -> c.put("rope_theta", 500000.0),
        "rope_theta: 500000.0 (expected: 10000.0, which transformers uses whatever stands here, or"
            + " none)");
    assertRefused(
        "gpt_neox_old",
        c -> c.put("partial_rotary_factor", 0.5),
        "partial_rotary_factor: 0.5 (expected: 0.25, which transformers uses whatever stands here,"
            + " or none)");
    assertRefused(
        "llama3",
        c -> c.putObject("rope_scaling").put("rope_type", "linear").put("factor", 2),
        "rope_parameters: {\"factor\":8.0,\"high_freq_factor\":4.0,\"low_freq_factor\":1.0,"
            + "\"original_max_position_embeddings\":64,\"rope_theta\":500000.0,"
            + "\"rope_type\":\"llama3\"} (expected: the same as rope_scaling, or one of them)");
  }

  /** Versions 4 of transformers wrote the same numbers under two names. */
  @Test
  void whatSaysTheSameTwiceIsTaken() {
    DecoderConfig plain = ConfigJson.decoder(config("gpt_neox_old"));
    ObjectNode twice = config("gpt_neox_old");
    twice.put("rope_theta", 10000).put("partial_rotary_factor", 0.25);
    assertEquals(plain, ConfigJson.decoder(twice));
    ObjectNode whole = config("llama2").put("partial_rotary_factor", 1.0);
    assertEquals(ConfigJson.decoder(config("llama2")), ConfigJson.decoder(whole));
  }

  private ObjectNode config(String name) {
    Path unpacked = folder.resolve(name);
    if (!unpacked.toFile().exists()) {
      GoldenFamilies.unpack(name, folder);
    }
    return Json.read(unpacked.resolve("config.json"), ObjectNode.class);
  }

  private void assertRefused(String name, Consumer<ObjectNode> change, String message) {
    ObjectNode json = config(name);
    change.accept(json);
    var e = assertThrows(UserError.class, () -> ConfigJson.decoder(json));
    assertEquals(message, e.getMessage());
  }
}
