package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.Golden;
import org.rlaif.model.GoldenFamilies;

final class TokenizerTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "My sister borrowed my car again.",
          "  two  spaces\tand a tab\r\n\n  lines \n",
          "na\u00efve caf\u00e9, \u65e5\u672c\u8a9e, \u0440\u0443\u0441\u0441\u043a\u0438\u0439",
          "\ud83d\ude00\ud83d\udc69\u200d\ud83d\udc67 and \u0000 a null",
          "e\u0301 is not \u00e9, \ufb01 is not fi, \u00a0 is not a space",
          "<|endoftext|> <|padding|><|beginning|>[CLS]</s>");

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void train() {
    file = folder.resolve("tokenizer.json");
    BpeTrainer.train(Golden.trained().texts(), 330, file);
  }

  @Test
  void everyTextComesBackUnchanged() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      for (String text : TEXTS) {
        assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
      }
    }
  }

  @Test
  void textThatLooksLikeASpecialTokenIsOnlyText() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      int[] ids = tokenizer.encode("The end.<|endoftext|><|beginning|><|padding|> More");
      assertTrue(Arrays.stream(ids).allMatch(id -> id > 2), Arrays.toString(ids));
    }
  }

  @Test
  void promptsBeginAndCompletionsEnd() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(OptionalInt.of(0), tokenizer.padId());
      assertEquals(1, tokenizer.eosId());
      assertArrayEquals(new int[] {1}, tokenizer.endIds());
      assertEquals(OptionalInt.of(2), tokenizer.bosId());
      int[] text = tokenizer.encode(" my car");
      assertArrayEquals(
          IntStream.concat(IntStream.of(2), IntStream.of(text)).toArray(),
          tokenizer.encodePrompt(" my car"));
      int[] completion = TextPrompt.of(tokenizer, "I took", Watch.NONE).encodeWhole(" my car");
      assertArrayEquals(
          IntStream.concat(IntStream.of(text), IntStream.of(1)).toArray(), completion);
      assertEquals(" my car", tokenizer.decode(completion));
      assertArrayEquals(new int[] {2}, tokenizer.encodePrompt(""));
      assertEquals("", tokenizer.decode(new int[] {2, 0, 0, 1}));
      assertEquals("", tokenizer.decode(new int[0]));
    }
  }

  @Test
  void halfACharacterIsAReplacementCharacter() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      for (int id = 0; id < tokenizer.vocabularySize(); id++) {
        assertEquals(id <= 2, tokenizer.decode(new int[] {id}).isEmpty(), "token " + id);
      }
      int[] dragon = tokenizer.encode("\ud83d\udc09");
      assertEquals("\ufffd", tokenizer.decode(Arrays.copyOf(dragon, 1)));
      assertEquals("?x", tokenizer.decode(tokenizer.encode("\ud83dx"))); // half a surrogate pair
    }
  }

  @Test
  void idsOutsideTheVocabularyAreRefused() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      int size = tokenizer.vocabularySize();
      assertEquals(Golden.trained().vocabulary().size(), size);
      var e = assertThrows(UserError.class, () -> tokenizer.decode(new int[] {5, size}));
      assertEquals(
          "token id: " + size + " (expected: from 0 to " + (size - 1) + ")", e.getMessage());
    }
  }

  @Test
  void longTextsAreNeitherCutNorPadded() {
    String text = "My sister borrowed my car again. ".repeat(1000);
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
    }
  }

  @Test
  void manyThreadsMayShareIt() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      List<int[]> alone = TEXTS.stream().map(tokenizer::encode).toList();
      IntStream.range(0, 2000)
          .parallel()
          .forEach(
              i -> {
                String text = TEXTS.get(i % TEXTS.size());
                int[] ids = tokenizer.encode(text);
                assertArrayEquals(alone.get(i % TEXTS.size()), ids);
                assertEquals(text, tokenizer.decode(ids));
              });
    }
  }

  @Test
  void namesOfSpecialTokensComeFromTheirConfig() throws IOException {
    rename("<|endoftext|>", "</s>");
    assertRefused(
        file
            + ", eos_token: null (expected: a name in tokenizer_config.json, an eos_token_id in"
            + " generation_config.json, or <|endoftext|> among its added_tokens, which are"
            + " [</s>, <|beginning|>, <|padding|>])");
    Path config = folder.resolve("tokenizer_config.json");
    Files.writeString(config, "{\"eos_token\": {\"content\": \"</s>\"}, \"bos_token\": null}");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(1, tokenizer.eosId());
      assertEquals(OptionalInt.of(2), tokenizer.bosId());
      assertEquals("</s>", tokenizer.decode(tokenizer.encode("</s>")));
    }
    Files.writeString(config, "{\"eos_token\": \"</s>\", \"pad_token\": \"</s>\"}");
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(OptionalInt.of(tokenizer.eosId()), tokenizer.padId());
    }
    Files.writeString(config, "{\"eos_token\": \"<|end|>\"}");
    assertRefused(
        file
            + ", eos_token: <|end|>"
            + " (expected: one of its added_tokens, which are [</s>, <|beginning|>, <|padding|>])");
  }

  /** As in Llama 3: a list, in generation_config.json, and another opinion in config.json. */
  @Test
  void whatEndsACompletionComesFromTheGenerationConfig() throws IOException {
    Path config = folder.resolve("config.json");
    Path generation = folder.resolve("generation_config.json");
    Files.writeString(config, "{\"eos_token_id\": 7}");
    assertArrayEquals(new int[] {1, 7}, endIds());
    Files.writeString(generation, "{\"eos_token_id\": null}");
    assertArrayEquals(new int[] {1, 7}, endIds());
    Files.writeString(generation, "{\"eos_token_id\": [9, 2, 8]}");
    assertArrayEquals(new int[] {1, 2, 8, 9}, endIds());
    rename("<|endoftext|>", "</s>"); // so that nothing but their numbers tells the end
    Files.writeString(generation, "{\"eos_token_id\": [2, 8]}");
    assertArrayEquals(new int[] {2, 8}, endIds());
    Files.writeString(generation, "{\"eos_token_id\": \"</s>\"}");
    assertRefused("eos_token_id: \"</s>\" (expected: a token id, or a list of them)");
  }

  @Test
  void ordinaryAddedTokensAreFoundInText() throws IOException {
    int size = Golden.trained().vocabulary().size();
    addOrdinary("<sep>", size);
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(size + 1, tokenizer.vocabularySize());
      assertArrayEquals(new int[] {size}, tokenizer.encode("<sep>"));
      assertEquals("a<sep>b", tokenizer.decode(tokenizer.encode("a<sep>b")));
    }
    addOrdinary("<late>", size + 5); // ids may leave gaps, and are what the file says
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertArrayEquals(new int[] {size + 5, size}, tokenizer.encode("<late><sep>"));
    }
    addOrdinary("<late>", size + 6);
    assertRefused(
        file
            + ", added token "
            + (size + 5)
            + ": ["
            + (size + 6)
            + "] (expected: an id of its own)");
  }

  /** As in GPT-2's: nothing stands in front of a text. */
  @Test
  void withoutABeginningTokenAnEmptyPromptIsRefused() throws IOException {
    ObjectNode json = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    Json.write(file, json.putNull("post_processor"));
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertArrayEquals(tokenizer.encode(" my car"), tokenizer.encodePrompt(" my car"));
      var e = assertThrows(UserError.class, () -> tokenizer.encodePrompt(""));
      assertEquals(
          "prompt: \"\" (expected: some text: this tokenizer puts no token in front of it)",
          e.getMessage());
    }
  }

  @Test
  void onlyVocabulariesOfMergesAreRead() throws IOException {
    ObjectNode json = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    ((ObjectNode) json.path("model")).put("type", "Unigram").putArray("vocab");
    Json.write(file, json);
    assertRefused(file + ", model.type: Unigram (expected: BPE)");
  }

  @Test
  void brokenFilesAreNamed() throws IOException {
    Files.writeString(file, Files.readString(file).replace("\"BPE\"", "\"XYZ\""));
    String message = refusal();
    assertTrue(message.startsWith(file + ": cannot be opened as a tokenizer ("), message);
    Files.writeString(file, "[1]");
    assertRefused(file + ": ARRAY (expected: a JSON object)");
  }

  private int[] endIds() {
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      return tokenizer.endIds();
    }
  }

  private void addOrdinary(String content, int id) throws IOException {
    ObjectNode json = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    ((ArrayNode) json.path("added_tokens"))
        .addObject()
        .put("id", id)
        .put("content", content)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", false);
    Json.write(file, json);
  }

  private void rename(String from, String to) throws IOException {
    ObjectNode json = (ObjectNode) Json.MAPPER.readTree(file.toFile());
    json.path("added_tokens")
        .forEach(
            token -> {
              if (token.path("content").asText().equals(from)) {
                ((ObjectNode) token).put("content", to);
              }
            });
    ObjectNode vocabulary = (ObjectNode) json.path("model").path("vocab");
    vocabulary.set(to, vocabulary.remove(from));
    Json.write(file, json);
  }

  private void assertRefused(String message) {
    assertEquals(message, refusal());
  }

  private String refusal() {
    return assertThrows(UserError.class, () -> Tokenizer.open(file)).getMessage();
  }

  /** As many published models have it: the tokenizer's configuration names none. */
  @Test
  void paddingMayBeNamedByItsIdAlone() throws IOException {
    Path model = GoldenFamilies.unpack("llama2", folder);
    Path config = model.resolve("config.json");
    Path names = model.resolve("tokenizer_config.json");
    var said = Json.read(names, ObjectNode.class);
    said.remove("pad_token");
    Json.write(names, said);
    for (int id : new int[] {2, 40, 0}) { // an added token, an ordinary one, the usual one
      Json.write(config, Json.read(config, ObjectNode.class).put("pad_token_id", id));
      try (Tokenizer tokenizer = Tokenizer.open(model.resolve("tokenizer.json"))) {
        assertEquals(id == 2 ? 2 : 0, tokenizer.padId().getAsInt());
      }
    }
  }
}
