package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

/** On the folders that Hugging Face's PEFT wrote. */
final class AdapterFolderTest {
  @TempDir private Path temporary;

  static List<String> adapters() {
    return GoldenFamilies.adapters();
  }

  @ParameterizedTest
  @MethodSource("adapters")
  void opensAsItsBaseWithTheAdapterMerged(String name) throws IOException {
    Path folder = unpack(name);
    try (ModelFolder model = ModelFolder.open(folder)) {
      Adapter adapter = model.adapter();
      assertNotNull(adapter);
      assertEquals(4, adapter.lora().rank());
      assertEquals(8, adapter.lora().alpha());
      assertEquals(name.endsWith("_rs"), adapter.lora().rankStabilised());
      assertEquals(folder, model.path());
      assertEquals(model.base().config(), model.config());
      assertEquals(model.config(), ModelFolder.describe(folder));
      Weights base = model.base().weights();
      var changed = new TreeSet<String>();
      for (TensorSpec spec : model.weights().specs()) {
        if (!base.get(spec.name()).equals(model.weights().get(spec.name()))) {
          changed.add(spec.name());
        }
      }
      List<Linear> adapted = adapter.lora().adapted(model.config());
      assertEquals(
          new TreeSet<>(adapted.stream().map(linear -> linear.weight().name()).toList()), changed);
      assertEquals(name.endsWith("_qv") ? 4 : name.endsWith("gpt2") ? 8 : 14, adapted.size());
    }
  }

  @Test
  void speaksByItsBasesChatTemplateUnlessItHasItsOwn() throws IOException {
    Path folder = unpack("lora_llama3");
    List<Message> hello = List.of(Message.user("Hello"));
    try (ModelFolder model = ModelFolder.open(folder)) {
      assertEquals(Optional.empty(), model.chatTemplate());
      Path base = model.base().path();
      Files.writeString(base.resolve("chat_template.jinja"), "base {{ messages[0].content }}");
      assertEquals("base Hello", model.chatTemplate().orElseThrow().render(hello, true));
      Files.writeString(folder.resolve("chat_template.jinja"), "own {{ messages[0].content }}");
      assertEquals("own Hello", model.chatTemplate().orElseThrow().render(hello, true));
    }
  }

  /** What PEFT wrote, written again: the same tensors, and the keys that make a difference. */
  @ParameterizedTest
  @MethodSource("adapters")
  void writesWhatPeftWrote(String name) throws IOException {
    Path folder = unpack(name);
    Path again = temporary.resolve("again");
    try (ModelFolder model = ModelFolder.open(folder)) {
      Adapter adapter = model.adapter();
      model.saveAdapter(
          again, model.config(), ScoreScale.IDENTITY, adapter.lora(), adapter.weights());
    }
    assertEquals(file(folder), file(again));
    ObjectNode written = json(again);
    ObjectNode original = json(folder);
    String base = original.get(LoraJson.BASE).asText();
    assertEquals(folder.resolve(base).toString(), written.remove(LoraJson.BASE).asText());
    assertEquals("../" + name + "/" + base, way(again));
    assertEquals(8.0, written.remove("lora_alpha").asDouble());
    for (Map.Entry<String, JsonNode> field : written.properties()) {
      assertEquals(original.get(field.getKey()), field.getValue(), field.getKey());
    }
    assertTrue(Files.exists(again.resolve("tokenizer.json")));
    try (ModelFolder model = ModelFolder.open(folder);
        ModelFolder same = ModelFolder.open(again)) {
      for (TensorSpec spec : model.weights().specs()) {
        assertEquals(model.weights().get(spec.name()), same.weights().get(spec.name()));
      }
    }
  }

  private static Map<String, FloatBuffer> file(Path folder) {
    Weights weights = Safetensors.map(folder.resolve("adapter_model.safetensors"));
    return weights.specs().stream()
        .collect(
            Collectors.toMap(spec -> spec.name() + spec.shape(), spec -> weights.get(spec.name())));
  }

  @Test
  void aModelThatScoresKeepsItsHeadAndItsScaleInTheAdapter() throws IOException {
    Path folder = temporary.resolve("reward");
    var lora = new Lora(2, 4, true, List.of(Lora.ALL));
    Path llama = GoldenFamilies.unpack("llama3", temporary);
    DecoderConfig config;
    try (ModelFolder base = ModelFolder.open(llama)) {
      config = base.config().withHead(Head.SCORE);
      Weights weights = Weights.allocate(lora.parameters(config));
      weights.get("base_model.model.score.weight").put(3, 0.5f);
      base.saveAdapter(folder, config, new ScoreScale(1, 2), lora, weights);
    }
    ObjectNode json = json(folder);
    assertEquals("SEQ_CLS", json.get("task_type").asText());
    assertEquals(List.of("score"), texts(json.get("modules_to_save")));
    assertEquals(
        List.of("down_proj", "gate_proj", "k_proj", "o_proj", "q_proj", "up_proj", "v_proj"),
        texts(json.get("target_modules")));
    assertEquals(llama.toString(), json.get(LoraJson.BASE).asText());
    assertEquals("../llama3", way(folder));
    try (ModelFolder reward = ModelFolder.open(folder)) {
      assertEquals(config, reward.config());
      assertEquals(new ScoreScale(1, 2), reward.scoreScale());
      assertEquals(0.5f, reward.weights().get("score.weight").get(3));
    }
  }

  @Test
  void aWholeModelCanBeMadeOfIt() throws IOException {
    Path whole = temporary.resolve("whole");
    try (ModelFolder model = ModelFolder.open(unpack("lora_qwen2"))) {
      model.saveSuccessor(whole, model.config(), ScoreScale.IDENTITY, model.weights());
      try (ModelFolder again = ModelFolder.open(whole)) {
        assertNull(again.adapter());
        for (TensorSpec spec : model.weights().specs()) {
          assertEquals(model.weights().get(spec.name()), again.weights().get(spec.name()));
        }
      }
    }
  }

  @Test
  void aPatternNamesWholeModules() throws IOException {
    Path folder = unpack("lora_qwen2_qv");
    change(folder, json -> json.put("target_modules", ".*\\.(q|v)_proj"));
    try (ModelFolder model = ModelFolder.open(folder)) {
      assertEquals(4, model.adapter().lora().adapted(model.config()).size());
    }
    change(folder, json -> json.put("target_modules", "(q|v)_proj"));
    refused(folder, "target_modules");
  }

  @Test
  void refusesByNameWhatWouldChangeNumbers() throws IOException {
    Path folder = unpack("lora_llama3");
    Path config = folder.resolve("adapter_config.json");
    byte[] original = Files.readAllBytes(config);
    Map<String, String> changes =
        Map.ofEntries(
            Map.entry("use_dora", "true"),
            Map.entry("rank_pattern", "{\"q_proj\": 8}"),
            Map.entry("alpha_pattern", "{\"q_proj\": 8}"),
            Map.entry("layers_to_transform", "[0]"),
            Map.entry("init_lora_weights", "\"pissa\""),
            Map.entry("lora_bias", "true"),
            Map.entry("bias", "\"all\""),
            Map.entry("trainable_token_indices", "[1]"),
            Map.entry("exclude_modules", "[\"q_proj\"]"),
            Map.entry("modules_to_save", "[\"embed_tokens\"]"),
            Map.entry("target_modules", "[\"lm_head\"]"),
            Map.entry("task_type", "\"TOKEN_CLS\""),
            Map.entry("peft_type", "\"IA3\""),
            Map.entry("some_new_key", "0.5"));
    for (var change : changes.entrySet()) {
      JsonNode value = Json.MAPPER.readTree(change.getValue());
      change(folder, json -> json.set(change.getKey(), value));
      refused(folder, change.getKey().equals("target_modules") ? "lm_head" : change.getKey());
      Files.write(config, original);
    }
    ModelFolder.open(folder).close();
  }

  /** PEFT adds both names that a head may have to those that it was told, in whatever order. */
  @Test
  void headsThatPeftSaves() throws IOException {
    Path folder = unpack("lora_llama2_score");
    assertEquals(
        List.of("classifier", "score", "score"), texts(json(folder).path("modules_to_save")));
    for (String saved :
        List.of(
            "[\"score\", \"classifier\", \"score\"]",
            "[\"score\", \"score\"]",
            "[\"classifier\"]",
            "null")) {
      JsonNode value = Json.MAPPER.readTree(saved);
      change(folder, json -> json.set("modules_to_save", value));
      try (ModelFolder model = ModelFolder.open(folder)) {
        assertEquals(Head.SCORE, model.config().head());
        assertEquals(32, model.weights().get("score.weight").remaining());
      }
    }
    JsonNode other = Json.MAPPER.readTree("[\"score\", \"embed_tokens\"]");
    change(folder, json -> json.set("modules_to_save", other));
    refused(folder, "modules_to_save: [\"score\",\"embed_tokens\"]");
  }

  @Test
  void namesTensorsThatDoNotFit() throws IOException {
    Path folder = unpack("lora_llama3");
    change(folder, json -> json.put("r", 2));
    refused(folder, "lora_A.weight [4, 32] is not [2, 32]");
    change(
        folder,
        json -> json.put("r", 4).set("target_modules", Json.MAPPER.valueToTree(List.of("q_proj"))));
    refused(folder, "unknown base_model.model.model.layers.0.mlp.down_proj.lora_A.weight");
    Path other = unpack("lora_qwen2_qv");
    change(
        other,
        json ->
            json.set(
                "target_modules", Json.MAPPER.valueToTree(List.of("q_proj", "v_proj", "k_proj"))));
    refused(
        other, "missing base_model.model.model.layers.0.self_attn.k_proj.lora_A.weight [4, 32]");
  }

  @Test
  void saysWhichBaseIsMissing() throws IOException {
    Path folder = GoldenFamilies.unpack("lora_llama3", temporary);
    refused(folder, "base_model_name_or_path: llama3 (expected: a model folder");
    // A sibling, from the adapter's folder; then by an absolute path; and an adapter is no base.
    Path base = GoldenFamilies.unpack("llama3", temporary);
    for (String name : List.of("../llama3", base.toAbsolutePath().toString())) {
      change(folder, json -> json.put(LoraJson.BASE, name));
      ModelFolder.open(folder).close();
    }
    change(folder, json -> json.put(LoraJson.BASE, "../lora_llama3"));
    refused(folder, "a model that is no adapter");
  }

  /** Its whole path. Four folders up are near, and both can move together; five are far. */
  @Test
  void aBaseIsFoundFromElsewhereAndAfterBothMoved() throws IOException {
    Path base = GoldenFamilies.unpack("llama3", temporary);
    for (String place : List.of("1/2/3/near", "1/2/3/4/far")) {
      Path folder = temporary.resolve(place);
      try (ModelFolder model = ModelFolder.open(base)) {
        var lora = new Lora(1, 1, false, List.of("q_proj"));
        Weights zeros = Weights.allocate(lora.parameters(model.config()));
        model.saveAdapter(folder, model.config(), ScoreScale.IDENTITY, lora, zeros);
      }
      assertEquals(base.toString(), json(folder).get(LoraJson.BASE).asText());
      assertEquals(place.endsWith("near") ? "../../../../llama3" : "", way(folder));
    }
    Path elsewhere = Files.createDirectories(temporary.resolve("a/b/c/d/e/f"));
    Files.move(temporary.resolve("1"), elsewhere.resolve("1"));
    ModelFolder.open(elsewhere.resolve("1/2/3/near")).close();
    ModelFolder.open(elsewhere.resolve("1/2/3/4/far")).close();
    Files.move(base, elsewhere.resolve("llama3"));
    ModelFolder.open(elsewhere.resolve("1/2/3/near")).close();
    refused(elsewhere.resolve("1/2/3/4/far"), "base_model_name_or_path: " + base);
  }

  private static String way(Path folder) {
    return Json.read(folder.resolve("config.json"), ObjectNode.class).path("rlaif_base").asText();
  }

  private static void refused(Path folder, String expected) {
    String message = assertThrows(UserError.class, () -> ModelFolder.open(folder)).getMessage();
    assertTrue(message.contains(expected), message);
    assertFalse(message.contains("\n"), message);
  }

  /** An adapter with its base inside, where its configuration looks for it. */
  private Path unpack(String name) throws IOException {
    Path folder = GoldenFamilies.unpack(name, temporary);
    GoldenFamilies.unpack(json(folder).get(LoraJson.BASE).asText(), folder);
    return folder;
  }

  private static void change(Path folder, Consumer<ObjectNode> change) throws IOException {
    ObjectNode json = json(folder);
    change.accept(json);
    Json.write(folder.resolve("adapter_config.json"), json);
  }

  private static ObjectNode json(Path folder) throws IOException {
    return (ObjectNode) Json.MAPPER.readTree(folder.resolve("adapter_config.json").toFile());
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).sorted().toList();
  }
}
