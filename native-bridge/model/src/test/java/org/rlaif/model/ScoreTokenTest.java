package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig.Head;

/** At which token of a sequence a score is read. */
final class ScoreTokenTest {
  private static final DecoderConfig SCORE =
      DecoderConfig.gpt2(64, 32, 16, 1, 2, 64).withHead(Head.SCORE);
  private static final int PADDING = 0; // of the golden tokenizer; 1 ends a text

  @TempDir private Path folder;

  @Test
  void theLastTokenThatIsNotThePadding() {
    DecoderConfig padded = SCORE.withScorePadding(1);
    assertEquals(2, padded.scored(new int[] {2, 1, 9, 1, 1, 1}));
    assertEquals(3, padded.scored(new int[] {2, 1, 9, 8}));
    assertEquals(0, padded.scored(new int[] {2, 1}));
    assertEquals(0, padded.scored(new int[] {1, 1, 1}));
    assertEquals(5, SCORE.scored(new int[] {2, 1, 9, 1, 1, 1}));
    assertEquals(0, SCORE.scored(new int[] {1}));
  }

  @Test
  void otherHeadsHaveNone() {
    DecoderConfig padded = SCORE.withScorePadding(1);
    assertEquals(1, padded.withHead(Head.SCORE).withContext(8).scorePadding());
    assertEquals(-1, padded.withHead(Head.LANGUAGE_MODEL).scorePadding());
    assertEquals(SCORE, SCORE.withScorePadding(-7)); // Llama 1's configurations have -1
  }

  @Test
  void modelsOfOthersAreReadAsTransformersReadsThem() {
    ObjectNode json = config(GoldenFamilies.unpack("llama_end_score", folder));
    assertEquals(1, ConfigJson.decoder(json).scorePadding());
    json.putNull("pad_token_id");
    assertEquals(-1, ConfigJson.decoder(json).scorePadding());
    json.put("pad_token_id", "no");
    var e = assertThrows(UserError.class, () -> ConfigJson.decoder(json));
    assertEquals("pad_token_id: \"no\" (expected: a whole number)", e.getMessage());
  }

  /** Ours are read at the last token; those of older versions say no more than their mean. */
  @Test
  void oursAreReadAtTheLastToken() {
    ObjectNode json = config(GoldenFamilies.unpack("llama_end_score", folder));
    json.put("rlaif_score_mean", 0.5);
    assertEquals(-1, ConfigJson.decoder(json).scorePadding());
    json.put("rlaif_score_token", "last_but_padding");
    assertEquals(1, ConfigJson.decoder(json).scorePadding());
    json.remove("rlaif_score_mean");
    json.put("rlaif_score_token", "last");
    assertEquals(-1, ConfigJson.decoder(json).scorePadding());
    json.put("rlaif_score_token", "first");
    var e = assertThrows(UserError.class, () -> ConfigJson.decoder(json));
    assertEquals("rlaif_score_token: first (expected: last or last_but_padding)", e.getMessage());
  }

  /**
   * A reward model made of a policy whose padding ends completions: no padding is named, so that
   * transformers reads it where we do or, in a batch, not at all.
   */
  @Test
  void whatIsMadeHereSaysSo() {
    Path policy = GoldenFamilies.unpack("llama2", folder);
    ObjectNode json = config(policy);
    for (int padding : new int[] {PADDING, 1}) {
      json.put("pad_token_id", padding);
      Json.write(policy.resolve("config.json"), json);
      Path reward = folder.resolve("reward-" + padding);
      try (ModelFolder model = ModelFolder.open(policy)) {
        DecoderConfig config = model.config().withHead(Head.SCORE);
        model.saveSuccessor(
            reward, config, new ScoreScale(1, 2), Weights.allocate(config.parameters()));
      }
      ObjectNode said = config(reward);
      assertEquals("last", said.path("rlaif_score_token").asText());
      assertEquals(padding == PADDING, said.has("pad_token_id"));
      assertEquals(-1, ConfigJson.decoder(said).scorePadding());
    }
  }

  /** What is made of another's reward model is still read where that was. */
  @Test
  void aSuccessorIsReadWhereItsPredecessorIs() {
    Path saved = folder.resolve("saved");
    try (ModelFolder model = ModelFolder.open(GoldenFamilies.unpack("llama_end_score", folder))) {
      model.saveSuccessor(saved, model.config(), new ScoreScale(1, 2), model.weights());
    }
    assertEquals("last_but_padding", config(saved).path("rlaif_score_token").asText());
    assertEquals(1, ModelFolder.describe(saved).scorePadding());
  }

  /** PEFT asks the base's configuration, and ours is in the adapter's folder. */
  @Test
  void anAdapterIsReadWhereItSays() {
    Path base = GoldenFamilies.unpack("llama2", folder);
    Json.write(base.resolve("config.json"), config(base).put("pad_token_id", 1));
    Path adapter = folder.resolve("adapter");
    var lora = new Lora(2, 4, false, java.util.List.of("q_proj"));
    try (ModelFolder model = ModelFolder.open(base)) {
      DecoderConfig config = model.config().withHead(Head.SCORE);
      model.saveAdapter(
          adapter, config, ScoreScale.IDENTITY, lora, Weights.allocate(lora.parameters(config)));
    }
    assertEquals(-1, ModelFolder.describe(adapter).scorePadding());
    adapter.resolve("config.json").toFile().delete();
    assertEquals(1, ModelFolder.describe(adapter).scorePadding());
    try (ModelFolder model = ModelFolder.open(adapter)) {
      assertEquals(1, model.config().scorePadding());
    }
    assertFalse(ModelFolder.describe(base).head() == Head.SCORE);
  }

  private static ObjectNode config(Path folder) {
    return Json.read(folder.resolve("config.json"), ObjectNode.class);
  }
}
