package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

/** Folders of every family, as Hugging Face transformers wrote them. */
final class FamiliesTest {
  @TempDir private Path folder;

  static List<String> names() {
    return GoldenFamilies.names();
  }

  /** Names, shapes, dtypes and bytes of all tensors, and what is said about them. */
  @ParameterizedTest
  @MethodSource("names")
  void aSuccessorIsTheSameFolder(String name) {
    Path first = GoldenFamilies.unpack(name, folder);
    Path second = folder.resolve("second");
    Path third = folder.resolve("third");
    try (ModelFolder model = ModelFolder.open(first)) {
      model.saveSuccessor(second, model.config(), model.scoreScale(), model.weights());
      try (ModelFolder again = ModelFolder.open(second)) {
        assertEquals(model.config(), again.config());
        assertEquals(model.weights().specs(), again.weights().specs());
        assertEquals(model.weights().dtypes(), again.weights().dtypes());
        for (TensorSpec spec : model.weights().specs()) {
          assertEquals(
              model.weights().crc32c(spec.name()), again.weights().crc32c(spec.name()), "" + spec);
        }
        again.saveSuccessor(third, again.config(), again.scoreScale(), again.weights());
      }
    }
    if (!name.endsWith("_old")) { // those lack prefixes, or hold constants that nobody needs
      assertEquals(tensors(first), tensors(second));
    }
    assertEquals(bytes(second), bytes(third));
  }

  private static Map<String, String> tensors(Path folder) {
    Weights weights = WeightFiles.map(folder, name -> true);
    var tensors = new TreeMap<String, String>();
    for (TensorSpec spec : weights.specs()) {
      tensors.put(
          spec.name(),
          "%s %s %08x"
              .formatted(spec.shape(), weights.dtype(spec.name()), weights.crc32c(spec.name())));
    }
    return tensors;
  }

  private static List<byte[]> contents(Path folder) throws java.io.IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().map(FamiliesTest::read).toList();
    }
  }

  private static String bytes(Path folder) {
    try {
      var text = new StringBuilder();
      for (byte[] each : contents(folder)) {
        text.append(java.util.Arrays.hashCode(each)).append(' ');
      }
      return text.toString();
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What is written for a model without a predecessor is read as the same network. */
  @ParameterizedTest
  @MethodSource("names")
  void aNewFolderSaysTheSame(String name) {
    Path first = GoldenFamilies.unpack(name, folder);
    Path written = folder.resolve("written");
    try (ModelFolder model = ModelFolder.open(first)) {
      ModelFolder.save(
          written,
          model.config(),
          ScoreScale.IDENTITY,
          first.resolve("tokenizer.json"),
          model.weights());
      try (ModelFolder again = ModelFolder.open(written)) {
        assertEquals(model.config(), again.config());
      }
    }
  }

  /** Both spellings of a configuration mean one network. */
  @Test
  void oldConfigurationsAreTheSame() {
    int compared = 0;
    for (String name : names()) {
      if (name.endsWith("_old")) {
        assertEquals(config(name.substring(0, name.length() - 4)), config(name));
        compared++;
      }
    }
    assertEquals(4, compared);
  }

  private DecoderConfig config(String name) {
    return ModelFolder.describe(GoldenFamilies.unpack(name, folder));
  }

  @Test
  void aRewardModelIsMadeOfAPolicy() {
    Path policy = GoldenFamilies.unpack("llama3_bf16_sharded", folder);
    Path reward = folder.resolve("reward");
    try (ModelFolder model = ModelFolder.open(policy)) {
      DecoderConfig config = model.config().withHead(Head.SCORE);
      Weights weights = Weights.allocate(config.parameters());
      for (TensorSpec spec : model.config().parameters()) {
        model.weights().copyTo(spec.name(), weights.get(spec.name()));
      }
      weights.get("score.weight").put(0, 0.5f);
      model.saveSuccessor(reward, config, new ScoreScale(1, 2), weights);
    }
    ObjectNode json = Json.read(reward.resolve("config.json"), ObjectNode.class);
    assertEquals("LlamaForSequenceClassification", json.path("architectures").path(0).asText());
    assertEquals(1, json.path("id2label").size());
    try (ModelFolder model = ModelFolder.open(reward)) {
      assertEquals(Head.SCORE, model.config().head());
      assertEquals(Dtype.BF16, model.weights().dtype("score.weight"));
      assertEquals(0.5f, model.weights().get("score.weight").get(0));
      assertEquals(new ScoreScale(1, 2), model.scoreScale());
    }
  }

  /** Qwen2.5-0.5B's own figures: its card says 0.49 B parameters, 0.36 B without the embedding. */
  @Test
  void aPublishedSizeIsMet() {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("model_type", "qwen2").putArray("architectures").add("Qwen2ForCausalLM");
    json.put("hidden_size", 896).put("num_hidden_layers", 24).put("num_attention_heads", 14);
    json.put("num_key_value_heads", 2).put("intermediate_size", 4864).put("vocab_size", 151936);
    json.put("max_position_embeddings", 32768).put("rms_norm_eps", 1e-6).put("hidden_act", "silu");
    json.put("rope_theta", 1e6).put("tie_word_embeddings", true).put("use_sliding_window", false);
    DecoderConfig config = ConfigJson.decoder(json);
    assertEquals(494_032_768L, config.parameterCount());
    assertEquals(357_898_112L, config.parameterCount() - config.embedding().elements());
    assertEquals(128, config.attention().keyWidth());
  }

  /** As it is in the file; the configuration says nothing, which is that both are one. */
  @Test
  void aHeadThatIsNotTheEmbeddingIsUsed() {
    Path untied = GoldenFamilies.unpack("gpt2_untied", folder);
    Path saved = folder.resolve("saved");
    try (ModelFolder model = ModelFolder.open(untied)) {
      assertFalse(model.config().tied());
      assertTrue(ModelFolder.describe(untied).tied());
      assertNotEquals(
          model.weights().crc32c("transformer.wte.weight"),
          model.weights().crc32c("lm_head.weight"));
      model.saveSuccessor(saved, model.config(), model.scoreScale(), model.weights());
    }
    assertFalse(ModelFolder.describe(saved).tied());
    try (ModelFolder again = ModelFolder.open(saved)) {
      assertTrue(again.weights().contains("lm_head.weight"));
    }
  }

  /** A copy, with a zero of the other sign; and a head without an embedding. */
  @Test
  void aHeadThatIsTheEmbeddingIsNone() {
    Path tied = GoldenFamilies.unpack("gpt2", folder);
    Path file = tied.resolve("model.safetensors");
    Weights plain = Safetensors.map(file);
    Weights copy = WeightFiles.map(tied, name -> true);
    TensorSpec head = TensorSpec.of("lm_head.weight", 96, 32);
    Weights numbers = Weights.allocate(List.of(head));
    plain.copyTo("transformer.wte.weight", numbers.get(head.name()));
    numbers.get(head.name()).put(5, -0f);
    Weights other = Weights.allocate(List.of(TensorSpec.of("transformer.wte.weight", 96, 32)));
    plain.copyTo("transformer.wte.weight", other.get("transformer.wte.weight"));
    other.get("transformer.wte.weight").put(5, 0f);
    var both = new Weights();
    var alone = new Weights();
    for (TensorSpec spec : copy.specs()) {
      if (spec.name().equals("transformer.wte.weight")) {
        both.put(spec, other, spec.name());
      } else {
        both.put(spec, copy, spec.name());
        alone.put(spec, copy, spec.name());
      }
    }
    both.put(head, numbers, head.name());
    alone.put(head, numbers, head.name());
    for (Weights each : List.of(both, alone)) {
      Safetensors.write(file, each, Map.of());
      try (ModelFolder model = ModelFolder.open(tied)) {
        assertTrue(model.config().tied());
        assertEquals(model.config().parameters(), model.weights().specs());
        assertEquals(0f, model.weights().get("transformer.wte.weight").get(5), 0f);
      }
    }
  }

  @Test
  void whatIsNotComputedIsRefusedByName() {
    assertRefused(
        "llama3",
        c -> c.put("sliding_window_pattern", 6),
        "sliding_window_pattern: 6 (expected: a key that is known here, or none)");
    assertRefused(
        "llama3",
        c -> ((ObjectNode) c.path("rope_parameters")).put("rope_type", "dynamic"),
        "rope_type: dynamic (expected: default, linear, llama3 or yarn)");
    assertRefused(
        "qwen2_yarn",
        c -> ((ObjectNode) c.path("rope_parameters")).put("strength", 0.5),
        "rope_parameters.strength: 0.5 (expected: a key that is known here, or none)");
    assertRefused(
        "qwen2",
        c -> c.put("use_sliding_window", true),
        "use_sliding_window: true (expected: false)");
    assertRefused(
        "mistral", c -> c.put("hidden_act", "gelu"), "hidden_act: gelu (expected: silu or swish)");
    assertRefused(
        "qwen3",
        c -> c.put("num_key_value_heads", 3),
        "key-value heads: 3 (expected: a divisor of the 4 attention heads)");
    assertRefused(
        "llama2",
        c -> c.putObject("quantization_config").put("bits", 4),
        "quantization_config: {\"bits\":4} (expected: a key that is known here, or none)");
  }

  private void assertRefused(String name, Consumer<ObjectNode> change, String message) {
    Path file = folder.resolve(name).resolve("config.json");
    if (!Files.exists(file)) {
      GoldenFamilies.unpack(name, folder);
    }
    ObjectNode json = Json.read(file, ObjectNode.class);
    change.accept(json);
    var e = assertThrows(UserError.class, () -> ConfigJson.decoder(json));
    assertEquals(message, e.getMessage());
  }
}
