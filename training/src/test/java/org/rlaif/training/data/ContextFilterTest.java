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
import org.rlaif.model.BpeTrainer;
import org.rlaif.model.PromptEncoder;
import org.rlaif.model.Tokenizer;

class ContextFilterTest {
  // With bytes alone for tokens: 1 + 3 + 2 + 1 = 7, and 1 + 3 + 4 + 1 = 9.
  private static final Example SHORT = new Example("short", Prompt.of("abc"), "xy");
  private static final Example LONG = new Example("long", Prompt.of("abc"), "wxyz");

  @TempDir Path folder;

  @Test
  void leavesOutWhatDoesNotFitAndCounts() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = new ContextFilter(encoder(bytes), 8, "drop");
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

  @Test
  void refusesItIfAsked() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = new ContextFilter(encoder(bytes), 8, "fail");
      assertEquals(
          "long, prompt and completion: 9 tokens (expected: at most model.contextLength (8), or"
              + " data.tooLong: drop)",
          assertThrows(UserError.class, () -> filter.examples(List.of(SHORT, LONG))).getMessage());
    }
  }

  @Test
  void refusesDataOfWhichNothingFits() {
    try (Tokenizer bytes = bytes()) {
      ContextFilter filter = new ContextFilter(encoder(bytes), 5, "drop");
      assertEquals(
          "model.contextLength: 5 (expected: >= 7, the tokens of the shortest of 2 (prompt and"
              + " completion))",
          assertThrows(UserError.class, () -> filter.examples(List.of(SHORT, LONG))).getMessage());
    }
  }

  private PromptEncoder encoder(Tokenizer tokenizer) {
    return PromptEncoder.of(folder.resolve("tokenizer.json"), tokenizer);
  }

  private Tokenizer bytes() {
    Path json = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of("a"), 259, json);
    return Tokenizer.open(json);
  }
}
