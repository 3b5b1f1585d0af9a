package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.kit.Json;
import org.rlaif.model.Golden;

/**
 * Tiny tokenizers built like those of the families of models, against what Hugging Face's library
 * makes of the same texts; {@code golden/make_chat_golden.py} made them.
 */
final class TokenizerFamiliesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"gpt2", "neox", "llama2", "llama3", "mistral", "qwen2", "qwen3", "smollm"})
  void textsBecomeTheSameIds(String family) throws IOException {
    JsonNode expected = Golden.chat(family);
    try (Tokenizer tokenizer =
        Tokenizer.open(Golden.chatFolder(family).resolve("tokenizer.json"))) {
      assertEquals(expected.path("vocabularySize").asInt(), tokenizer.vocabularySize());
      assertTrue(expected.path("texts").size() > 15);
      for (JsonNode each : expected.path("texts")) {
        String text = each.path("text").asText();
        int[] ids = ids(each.path("ids"));
        assertArrayEquals(ids, tokenizer.encode(text), text);
        assertEquals(each.path("decoded").asText(), tokenizer.decode(ids));
        int[] prompt = ids(each.path("prompt"));
        if (prompt.length > 0) {
          assertArrayEquals(prompt, tokenizer.encodePrompt(text), text);
        }
      }
    }
  }

  /** The ids that Hugging Face's library gave the special tokens behind 340 others. */
  @Test
  void specialTokensPlayTheirParts() {
    assertParts("gpt2", OptionalInt.of(340), OptionalInt.empty(), 340, 340);
    assertParts("neox", OptionalInt.of(0), OptionalInt.of(1), 0, 0);
    assertParts("llama2", OptionalInt.of(1), OptionalInt.empty(), 2, 2);
    assertParts("llama3", OptionalInt.of(340), OptionalInt.empty(), 345, 341, 344, 345);
    assertParts("qwen3", OptionalInt.empty(), OptionalInt.of(340), 342, 340, 342);
    assertParts("smollm", OptionalInt.of(1), OptionalInt.empty(), 2, 2);
  }

  private static void assertParts(
      String family, OptionalInt bos, OptionalInt pad, int eos, int... ends) {
    try (Tokenizer tokenizer =
        Tokenizer.open(Golden.chatFolder(family).resolve("tokenizer.json"))) {
      assertEquals(bos, tokenizer.bosId(), family);
      assertEquals(pad, tokenizer.padId(), family);
      assertEquals(eos, tokenizer.eosId(), family);
      assertArrayEquals(ends, tokenizer.endIds(), family + Arrays.toString(tokenizer.endIds()));
    }
  }

  static int[] ids(JsonNode ids) {
    return Json.MAPPER.convertValue(ids, int[].class);
  }
}
