package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Example;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.TextBound;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.training.config.DataConfig.TooLong;

class ContextFilterTest {
  // With bytes alone for tokens: 1 + 3 + 2 + 1 = 7, and 1 + 3 + 4 + 1 = 9.
  private static final Example SHORT = new Example("short", Prompt.of("abc"), "xy");
  private static final Example LONG = new Example("long", Prompt.of("abc"), "wxyz");

  @TempDir Path folder;

  @Test
  void leavesOutWhatDoesNotFitAndCounts() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = filter(bytes, 8, TooLong.DROP);
      assertEquals(List.of(SHORT), filter.examples(List.of(LONG, SHORT, LONG)));
      assertEquals(2, filter.dropped());
      Preference preference =
          new Preference("p", Prompt.of("abc"), "xy", "wxyz", 1, Provenance.human());
      Preference fits = new Preference("q", Prompt.of("abc"), "xyz", "", 1, Provenance.human());
      assertEquals(List.of(fits), filter.preferences(List.of(preference, fits)));
      assertEquals(3, filter.dropped());
      // A prompt has 4 tokens: 4 more fit, 5 do not.
      assertEquals(List.of(LONG), filter.prompts(List.of(LONG), 4));
      assertThrows(UserError.class, () -> filter.prompts(List.of(LONG), 5));
      assertEquals(List.of(), filter.examples(List.of()));
    }
  }

  /** A byte a token: the beginning's and the end's, and 3 + 2. */
  @Test
  void promptsAreShortenedIfAsked() {
    try (Tokenizer bytes = bytes()) {
      Example longer = new Example("long", Prompt.of("Oh no. It is."), "xy");
      ContextFilter left = filter(bytes, 1 + 3 + 2 + 1, TooLong.LEFT);
      assertEquals(
          List.of(SHORT, new Example("long", Prompt.of("is."), "xy")),
          left.examples(List.of(SHORT, longer)));
      assertEquals(1, left.shortened());
      assertEquals(0, left.dropped());
      ContextFilter sentence = filter(bytes, 1 + 6 + 2 + 1, TooLong.SENTENCE);
      Preference preference =
          new Preference(
              "p", Prompt.of("Oh no. It is."), "x", "xy", 0.7, Provenance.human(), null, null, 8.0);
      assertEquals(
          List.of(
              new Preference(
                  "p", Prompt.of("Oh no."), "x", "xy", 0.7, Provenance.human(), null, null, 8.0)),
          sentence.preferences(List.of(preference)));
      // A completion that leaves no room for anything is left out.
      assertEquals(
          List.of(SHORT),
          left.examples(List.of(SHORT, new Example("vast", Prompt.of("a b"), "x".repeat(9)))));
      assertEquals(1, left.dropped());
    }
  }

  @Test
  void refusesItIfAsked() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = filter(bytes, 8, TooLong.FAIL);
      assertEquals(
          "long, prompt and completion: 9 tokens (expected: at most model.contextLength (8), or"
              + " data.tooLong: drop)",
          assertThrows(UserError.class, () -> filter.examples(List.of(SHORT, LONG))).getMessage());
    }
  }

  @Test
  void refusesDataOfWhichNothingFits() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = filter(bytes, 5, TooLong.DROP);
      assertEquals(
          "model.contextLength: 5 (expected: >= 7, the tokens of the shortest of 2 (prompt and"
              + " completion))",
          assertThrows(UserError.class, () -> filter.examples(List.of(SHORT, LONG))).getMessage());
    }
  }

  /** What cannot fit is not tokenised; tokens that were sampled are not made anew. */
  @Test
  void looksAtBytesFirstAndAtSampledTokensAsTheyAre() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = filter(bytes, 8, TooLong.DROP);
      Example vast = new Example("vast", Prompt.of("a".repeat(1 << 26)), "xy");
      assertEquals(List.of(SHORT), filter.examples(List.of(vast, SHORT)));
      assertEquals(1, filter.dropped());
      assertEquals(
          "vast, prompt and completion: 67108866 characters (expected: at most 512,"
              + " data.bytesPerToken of each token of the context, or data.tooLong: drop)",
          assertThrows(
                  UserError.class,
                  () -> filter(bytes, 8, TooLong.FAIL).examples(List.of(SHORT, vast)))
              .getMessage());
      var cut = new Preference.Tokens(List.of(5, 6, 7, 8), List.of(5));
      Preference sampled =
          new Preference("p", Prompt.of("abc"), "wxyz", "w", 1, Provenance.human(), cut);
      assertEquals(List.of(sampled), filter.preferences(List.of(sampled)));
      var longer = new Preference.Tokens(List.of(5, 6, 7, 8, 9), List.of(5));
      Preference grown =
          new Preference("q", Prompt.of("abc"), "wxyz", "w", 1, Provenance.human(), longer);
      assertEquals(List.of(sampled), filter.preferences(List.of(sampled, grown)));
      assertEquals(2, filter.dropped());
      var foreign = new Preference.Tokens(List.of(259), List.of(5));
      Preference wrong =
          new Preference("r", Prompt.of("abc"), "w", "w", 1, Provenance.human(), foreign);
      assertEquals(
          "preference r, tokens: 259 (expected: ids from 0 to 258)",
          assertThrows(UserError.class, () -> filter.preferences(List.of(wrong))).getMessage());
    }
  }

  private ContextFilter filter(Tokenizer tokenizer, int contextLength, TooLong tooLong) {
    return new ContextFilter(
        PromptEncoder.of(folder.resolve("tokenizer.json"), tokenizer),
        new TextBound(contextLength, TextBound.BYTES_PER_TOKEN),
        tooLong);
  }

  private Tokenizer bytes() {
    Path json = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of("a"), 259, json);
    return Tokenizer.open(json);
  }
}
