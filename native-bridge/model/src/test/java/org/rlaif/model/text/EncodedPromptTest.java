package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.model.Golden;
import org.rlaif.model.jinja.Text;

/**
 * Prompts and completions that are text, against what Hugging Face's library makes of both in one
 * go; {@code golden/make_border_golden.py} made it.
 */
final class EncodedPromptTest {
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama2", "llama3", "mistral", "qwen2", "smollm"})
  void aCompletionHasTheTokensThatItHasBehindItsPrompt(String family) {
    int together = 0;
    int apart = 0;
    try (Tokenizer tokenizer = tokenizer(family)) {
      for (JsonNode each : Golden.borders(family)) {
        String text = each.path("prompt").asText();
        String completion = each.path("completion").asText();
        int[] prompt = TokenizerFamiliesTest.ids(each.path("promptIds"));
        int[] both = TokenizerFamiliesTest.ids(each.path("bothIds"));
        var encoded = new TextPrompts(tokenizer, text, prompt);
        for (EncodedPrompt one : encoded.all()) {
          int[] ids = one.encodeBeginning(completion);
          if (Ids.begins(both, prompt)) {
            assertArrayEquals(
                Arrays.copyOfRange(both, prompt.length, both.length), ids, text + "|" + completion);
            assertEquals(0, one.apart());
            together++;
          } else {
            assertEquals(1, one.apart(), text + "|" + completion);
            apart++;
          }
          assertEquals(
              tokenizer.decode(both),
              tokenizer.decode(prompt) + tokenizer.decodeBehind(prompt, ids),
              family + ": " + text + "|" + completion);
          assertArrayEquals(
              Ids.joined(ids, new int[] {tokenizer.eosId()}), one.encodeWhole(completion));
        }
      }
    }
    assertTrue(together >= 2 * 13, family + ": " + together);
    assertTrue(apart >= 2, family + ": " + apart);
  }

  /** The same prompt as text and, where it has any, as its ids. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  private record TextPrompts(Tokenizer tokenizer, String text, int[] ids) {
    List<EncodedPrompt> all() {
      EncodedPrompt fromIds = TextPrompt.of(tokenizer, ids, Watch.NONE);
      return text.isEmpty() // which some tokenizers refuse
          ? List.of(fromIds)
          : List.of(TextPrompt.of(tokenizer, text, Watch.NONE), fromIds);
    }
  }

  /** Where the border is not kept, byte-level tokens are those of the completion alone. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama3", "qwen2", "smollm"})
  void byteLevelTokensAreThoseOfTheCompletionAlone(String family) {
    try (Tokenizer tokenizer = tokenizer(family)) {
      for (JsonNode each : Golden.borders(family)) {
        int[] prompt = TokenizerFamiliesTest.ids(each.path("promptIds"));
        int[] ids =
            TextPrompt.of(tokenizer, prompt, Watch.NONE)
                .encodeBeginning(each.path("completion").asText());
        assertArrayEquals(TokenizerFamiliesTest.ids(each.path("aloneIds")), ids);
      }
    }
  }

  /** No space may enter, wherever the border is. */
  @ParameterizedTest
  @ValueSource(strings = {"llama2", "mistral", "llama3", "gpt2"})
  void textGoesOnWhereverItIsCut(String family) {
    String text = "Grüße, my sister  doesn't see\n\nwhy 日本語 🙂 is  3.14 \n, she said. ";
    try (Tokenizer tokenizer = tokenizer(family)) {
      for (int at = 1; at < text.length(); at++) {
        if (Character.isLowSurrogate(text.charAt(at))) {
          continue;
        }
        EncodedPrompt prompt = TextPrompt.of(tokenizer, text.substring(0, at), Watch.NONE);
        int[] ids = prompt.encodeBeginning(text.substring(at));
        assertEquals(
            text.substring(at), tokenizer.decodeBehind(prompt.ids(), ids), text.substring(0, at));
      }
    }
  }

  /** What a policy samples need not be what its text becomes. */
  @ParameterizedTest
  @ValueSource(strings = {"llama2", "mistral", "llama3"})
  void anyTokensCanBeGoneOnWith(String family) {
    var random = new Random(4);
    try (Tokenizer tokenizer = tokenizer(family)) {
      for (int round = 0; round < 50; round++) {
        int[] prompt = random.ints(80, 5, tokenizer.vocabularySize()).toArray();
        prompt = Ids.joined(prompt, tokenizer.encodeInside(" car", Watch.NONE));
        int[] ids = TextPrompt.of(tokenizer, prompt, Watch.NONE).encodeBeginning(" and my sister");
        assertEquals(" and my sister", tokenizer.decodeBehind(prompt, ids));
      }
    }
  }

  /** Long texts become tokens in pieces, and the tokens are the same. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama2", "llama3", "mistral", "qwen2", "smollm"})
  void piecesHaveTheTokensOfTheWhole(String family) {
    String text = "My sister  borrowed my car again, \n and naïve café 日本語 🙂 3.14! ".repeat(900);
    try (Tokenizer tokenizer = tokenizer(family)) {
      assertTrue(text.length() > 3 * Pieces.LENGTH);
      int[] pieces = new int[1];
      int[] ids = tokenizer.encode(text, soFar -> pieces[0]++);
      assertTrue(pieces[0] >= 3, family + ": " + pieces[0]);
      assertArrayEquals(tokenizer.encodeAtOnce(text), ids);
      assertArrayEquals(ids, tokenizer.encode(Text.given(text), Watch.NONE).ids());
    }
  }

  private static Tokenizer tokenizer(String family) {
    return Tokenizer.open(Golden.chatFolder(family).resolve("tokenizer.json"));
  }
}
