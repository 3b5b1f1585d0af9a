package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.text.BpeTrainer;

/** On the folders that Hugging Face transformers wrote. */
final class ModelFolderTest {
  private static final DecoderConfig POLICY = DecoderConfig.gpt2(64, 32, 16, 2, 2, 64);

  @TempDir private Path temporary;
  private Path folder;

  @BeforeEach
  void unpack() {
    folder = Golden.policy(temporary);
  }

  @Test
  void opensWhatTransformersWrote() {
    try (ModelFolder policy = ModelFolder.open(folder)) {
      assertEquals(POLICY, policy.config());
      assertEquals(POLICY.parameters(), policy.weights().specs());
      assertEquals(ScoreScale.IDENTITY, policy.scoreScale());
      assertEquals(64, policy.tokenizer().vocabularySize());
      assertEquals(folder, policy.path());
    }
    try (ModelFolder reward = ModelFolder.open(Golden.reward(temporary))) {
      assertEquals(POLICY.withHead(Head.SCORE).withScorePadding(0), reward.config());
      assertEquals(16, reward.weights().get("score.weight").remaining());
    }
  }

  /** Whichever file names it: an id beyond the network's would end a sequence, or be looked up. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "generation_config.json | eos_token_id | {\"eos_token_id\": [1, 64]} | 64",
        "generation_config.json | eos_token_id | {\"eos_token_id\": 4000000000} | 4000000000",
        "generation_config.json | pad_token_id | {\"pad_token_id\": -2} | -2",
        "generation_config.json | bos_token_id | {\"bos_token_id\": 1.5} | 1.5",
        "tokenizer_config.json | added_tokens_decoder | {\"added_tokens_decoder\": {\"64\": {}}} |"
            + " 64",
        "tokenizer_config.json | added_tokens_decoder | {\"added_tokens_decoder\": {\"x\": {}}} |"
            + " -1"
      })
  void everyIdThatItNamesIsTheNetworks(String file, String key, String json, String id)
      throws IOException {
    Files.writeString(folder.resolve(file), json);
    var e = assertThrows(UserError.class, () -> ModelFolder.open(folder));
    assertEquals(
        folder.resolve(file)
            + ", "
            + key
            + ": "
            + id
            + " (expected: from 0 to 63, the ids of vocab_size)",
        e.getMessage());
  }

  /** As in the first files of Llama. */
  @Test
  void noPaddingMayBeSaidByANumber() throws IOException {
    Path generation = folder.resolve("generation_config.json");
    Files.writeString(generation, "{\"pad_token_id\": -1, \"bos_token_id\": null}");
    ModelFolder.open(folder).close();
  }

  @Test
  void savesWhatItOpensAgain() {
    Path saved = temporary.resolve("saved");
    var scale = new ScoreScale(0.25, 1.5);
    try (ModelFolder reward = ModelFolder.open(Golden.reward(temporary))) {
      ModelFolder.save(saved, reward.config(), scale, reward.tokenizerJson(), reward.weights());
      try (ModelFolder again = ModelFolder.open(saved)) {
        assertEquals(reward.config(), again.config());
        assertEquals(scale, again.scoreScale());
        for (TensorSpec spec : reward.config().parameters()) {
          assertEquals(
              reward.weights().get(spec.name()), again.weights().get(spec.name()), spec.name());
        }
        assertEquals("ab", again.tokenizer().decode(reward.tokenizer().encodePrompt("ab")));
      }
    }
  }

  /** Clients in JavaScript put the beginning token there only if this file says so. */
  @Test
  void saysWhetherTextsBegin() {
    Path ours = temporary.resolve("ours.json");
    BpeTrainer.train(List.of("a"), 259, ours);
    DecoderConfig config = DecoderConfig.gpt2(259, 8, 8, 1, 1, 8);
    Path saved = temporary.resolve("saved");
    Weights zeros = Weights.allocate(config.parameters());
    ModelFolder.save(saved, config, ScoreScale.IDENTITY, ours, zeros);
    assertTrue(
        Json.read(saved.resolve("tokenizer_config.json"), ObjectNode.class)
            .path("add_bos_token")
            .asBoolean());
  }

  @Test
  void savesOverTheFolderItReadsFrom() throws IOException {
    try (ModelFolder policy = ModelFolder.open(folder)) {
      int before = policy.weights().crc32c("transformer.wte.weight");
      ModelFolder.save(
          folder, policy.config(), ScoreScale.IDENTITY, policy.tokenizerJson(), policy.weights());
      try (ModelFolder again = ModelFolder.open(folder)) {
        assertEquals(before, again.weights().crc32c("transformer.wte.weight"));
      }
    }
    try (Stream<Path> left = Files.list(temporary)) {
      assertEquals(List.of(folder), left.toList());
    }
  }

  @Test
  void aFolderThatCannotBeWrittenWholeLeavesTheOldOne() {
    try (ModelFolder policy = ModelFolder.open(folder)) {
      Path absent = temporary.resolve("no-tokenizer.json");
      assertThrows(
          UserError.class,
          () ->
              ModelFolder.save(
                  folder, policy.config(), ScoreScale.IDENTITY, absent, policy.weights()));
    }
    assertOpens();
  }

  @Test
  void namesMayLackTheirPrefixAndOldConstantsAreIgnored() {
    rewriteWeights(
        (specs, name) ->
            specs.add(new TensorSpec(name.replace("transformer.", ""), specOf(name).shape())),
        TensorSpec.of("h.0.attn.bias", 1, 1, 32, 32),
        TensorSpec.of("h.0.attn.masked_bias", 1),
        TensorSpec.of("lm_head.weight", 64, 16));
    assertOpens();
  }

  /** As TRL saves it, its numbers whatever they are; the rest with a prefix or without one. */
  @ParameterizedTest
  @CsvSource({"''", "pretrained_model."})
  void aValueHeadBesideAPolicyIsSkippedInOneLine(String prefix) {
    Weights plain = Safetensors.map(folder.resolve("model.safetensors"));
    var wrapped = new Weights();
    for (TensorSpec spec : plain.specs()) {
      wrapped.put(new TensorSpec(prefix + spec.name(), spec.shape()), plain, spec.name());
    }
    TensorSpec weight = TensorSpec.of("v_head.summary.weight", 1, 16);
    TensorSpec bias = TensorSpec.of("v_head.summary.bias", 1);
    Weights head = Weights.allocate(List.of(weight, bias));
    head.get(bias.name()).put(0, Float.NaN);
    wrapped.put(weight, head, weight.name());
    wrapped.put(bias, head, bias.name());
    Path saved = temporary.resolve("with-value-head");
    AtomicFiles.folder(
        saved,
        inside -> {
          for (String file : List.of("config.json", "tokenizer.json", "tokenizer_config.json")) {
            Files.copy(folder.resolve(file), inside.resolve(file));
          }
          WeightFiles.write(inside, wrapped, 8000); // in shards
        });
    List<String> said =
        Logged.by(
            ModelFolder.class,
            () -> {
              try (ModelFolder policy = ModelFolder.open(saved)) {
                assertEquals(POLICY.parameters(), policy.weights().specs());
                for (TensorSpec spec : POLICY.parameters()) {
                  String name = spec.name();
                  assertEquals(plain.crc32c(name), policy.weights().crc32c(name), name);
                }
              }
            });
    assertEquals(
        List.of(
            saved
                + ": skipped v_head.summary.weight, v_head.summary.bias"
                + " (a value head, for training alone)"),
        said);
  }

  @Test
  void otherHeadsAreNotSkipped() {
    rewriteWeights(
        (specs, name) -> specs.add(specOf(name)),
        TensorSpec.of("v_head.0.weight", 32, 16),
        TensorSpec.of("pretrained_model.transformer.ln_f.bias", 16));
    assertRefused(
        folder.resolve("model.safetensors")
            + ": unknown v_head.0.weight [32, 16],"
            + " unknown pretrained_model.transformer.ln_f.bias [16]"
            + " (expected: the tensors of its config.json)");
  }

  @Test
  void aRewardModelHasNoValueHead() throws IOException {
    folder = Golden.reward(temporary);
    Path file = folder.resolve("model.safetensors");
    Weights reward = Safetensors.map(file);
    var more = new Weights();
    reward.specs().forEach(spec -> more.put(spec, reward, spec.name()));
    TensorSpec bias = TensorSpec.of("v_head.summary.bias", 1);
    more.put(bias, Weights.allocate(List.of(bias)), bias.name());
    Path other = temporary.resolve("other.safetensors");
    Safetensors.write(other, more, Map.of());
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertRefused(
        file + ": unknown v_head.summary.bias [1] (expected: the tensors of its config.json)");
  }

  @Test
  void tensorsThatDoNotFitAreListedByName() {
    rewriteWeights(
        (specs, name) -> {
          switch (name) {
            case "transformer.wpe.weight" -> specs.add(TensorSpec.of(name, 16, 16));
            case "transformer.h.1.ln_2.bias" ->
                specs.add(TensorSpec.of("transformer.h.2.ln_2.bias", 16));
            default -> specs.add(specOf(name));
          }
        });
    assertRefused(
        folder.resolve("model.safetensors")
            + ": transformer.wpe.weight [16, 16] is not [32, 16],"
            + " missing transformer.h.1.ln_2.bias [16], unknown transformer.h.2.ln_2.bias [16]"
            + " (expected: the tensors of its config.json)");
  }

  @Test
  void otherNetworksAreRefusedByName() {
    assertConfigRefused(
        c -> c.put("model_type", "mamba"),
        "model_type: mamba (expected: gpt2, gpt_neox, llama, mistral, qwen2, qwen3)");
    assertConfigRefused(
        c -> c.put("reorder_heads", true),
        "reorder_heads: true (expected: a key that is known here, or none)");
    assertConfigRefused(
        c -> c.put("activation_function", "relu"),
        "activation_function: relu (expected: gelu, gelu_new or gelu_pytorch_tanh)");
    assertConfigRefused(
        c -> c.putArray("architectures").add("GPT2Model"),
        "architectures: GPT2Model (expected: GPT2LMHeadModel or GPT2ForSequenceClassification)");
    assertConfigRefused(
        c -> c.putArray("architectures").add("GPT2ForSequenceClassification"),
        "num_labels: 2 (expected: 1)");
    assertConfigRefused(c -> c.remove("n_head"), "n_head: null (expected: a whole number)");
    assertConfigRefused(
        c -> c.put("n_layer", "two"), "n_layer: \"two\" (expected: a whole number)");
  }

  @Test
  void aVocabularyLargerThanTheEmbeddingIsRefused() throws IOException {
    Path tokenizer = folder.resolve("tokenizer.json");
    ObjectNode json = (ObjectNode) Json.MAPPER.readTree(tokenizer.toFile());
    ((ObjectNode) json.path("model").path("vocab")).put("?", 64);
    Json.write(tokenizer, json);
    assertRefused("vocab_size: 64 (expected: >= 65 tokens of the tokenizer)");
  }

  @Test
  void missingAndBrokenFilesAreNamed() throws IOException {
    Path weights = folder.resolve("model.safetensors");
    byte[] all = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(all, all.length - 100));
    assertRefused(
        weights + ": 32412 bytes of numbers (expected: 32512; the file is cut off or damaged)");
    Files.delete(weights);
    assertRefused(
        "weights in: " + folder + " (expected: model.safetensors or model.safetensors.index.json)");
    Path config = folder.resolve("config.json");
    Files.writeString(config, "{\n  \"model_type\": gpt2\n}");
    String message = refusal();
    assertEquals(config + ": not JSON (line 2, column 17)", message);
    Files.delete(config);
    assertRefused("file: " + config + " (expected: a JSON file that exists)");
    folder = temporary.resolve("nowhere");
    assertRefused("model folder: " + folder + " (expected: a folder that exists)");
  }

  private interface Writer {
    void add(List<TensorSpec> specs, String name);
  }

  /** Writes the weights file anew, all zeros. */
  private void rewriteWeights(Writer writer, TensorSpec... more) {
    var specs = new java.util.ArrayList<TensorSpec>();
    POLICY.parameters().forEach(spec -> writer.add(specs, spec.name()));
    specs.addAll(List.of(more));
    Safetensors.write(folder.resolve("model.safetensors"), Weights.allocate(specs), Map.of());
  }

  private static TensorSpec specOf(String name) {
    return POLICY.parameters().stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private void assertConfigRefused(Consumer<ObjectNode> change, String message) {
    Path file = folder.resolve("config.json");
    try {
      byte[] before = Files.readAllBytes(file);
      ObjectNode json = (ObjectNode) Json.MAPPER.readTree(before);
      change.accept(json);
      Json.write(file, json);
      assertRefused(message);
      Files.write(file, before);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void assertRefused(String message) {
    assertEquals(message, refusal());
  }

  private String refusal() {
    return assertThrows(UserError.class, () -> ModelFolder.open(folder)).getMessage();
  }

  private void assertOpens() {
    try (ModelFolder policy = ModelFolder.open(folder)) {
      assertEquals(POLICY.parameters(), policy.weights().specs());
    }
  }
}
