package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;

class KnownLabelsTest {
  private static Preference label(String first, String second, double probabilityFirst) {
    return new Preference("1", Prompt.of("p"), first, second, probabilityFirst, Provenance.human());
  }

  /** Of three people two prefer a, one of them in the other order: (1 + 1 + 0) / 3. */
  @Test
  void whatPeopleSaidInEitherOrder(@TempDir Path folder) {
    Path file = folder.resolve("people.jsonl");
    JsonLines.write(file, List.of(label("a", "b", 1), label("b", "a", 0), label("a", "b", 0)));
    JudgeConfig config = JudgeConfig.load(null, List.of("kind=labels", "labels=" + file));
    try (Judge judge = config.open(1, null, null)) {
      List<Verdict> verdicts =
          BothOrders.compareAll(
              judge,
              List.of(
                  new Question("p", "a", "b"),
                  new Question("p", "b", "a"),
                  new Question("p", "a", "c")));
      assertEquals(2 / 3.0, verdicts.get(0).probabilityFirst(), 1e-12);
      assertEquals(1 / 3.0, verdicts.get(1).probabilityFirst(), 1e-12);
      assertNull(verdicts.get(2).probabilityFirst());
      assertEquals("labels:people.jsonl", judge.name());
    }
  }

  @Test
  void aMissingFileIsNamed() {
    JudgeConfig config = JudgeConfig.load(null, List.of("kind=labels", "labels=none.jsonl"));
    assertEquals(
        "labels: none.jsonl (expected: a file that exists)",
        assertThrows(UserError.class, () -> config.open(1, null, null)).getMessage());
  }
}
