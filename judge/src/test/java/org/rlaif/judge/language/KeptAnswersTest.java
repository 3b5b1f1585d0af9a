package org.rlaif.judge.language;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

class KeptAnswersTest {
  private static final JsonNode ANSWER =
      Json.MAPPER.valueToTree(Map.of("why", "why \n not \u00fc", "hard", true));

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("a.answers");
  }

  private static List<String> question(int i) {
    return List.of("prompt " + i, "a", "b");
  }

  private void keep(String judge, int from, int to) {
    try (KeptAnswers kept = KeptAnswers.open(file, judge)) {
      IntStream.range(from, to).forEach(i -> kept.keep(question(i), ANSWER));
    }
  }

  private long known(String judge) {
    try (KeptAnswers kept = KeptAnswers.open(file, judge)) {
      return IntStream.range(0, 100).filter(i -> kept.find(question(i)) != null).count();
    }
  }

  /** Whatever byte the writing stopped at: whole lines count, and the next line is whole, too. */
  @Test
  void aTornLastLineIsDropped() throws IOException {
    keep("me", 0, 3);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      long expected = IntStream.range(0, length).filter(i -> whole[i] == '\n').count();
      assertEquals(expected, known("me"), "cut after " + length + " bytes");
      if (length % 40 == 0) {
        keep("me", 3, 4);
        assertEquals(expected + 1, known("me"), "cut after " + length + " bytes, and on");
      }
    }
  }

  @Test
  void aDamagedLineCostsItselfAlone() throws IOException {
    keep("me", 0, 5);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertEquals(4, known("me"));
  }

  @Test
  void judgesDoNotTakeEachOthersAnswers() {
    keep("me", 0, 5);
    keep("you", 3, 10);
    assertEquals(5, known("me"));
    assertEquals(7, known("you"));
    try (KeptAnswers kept = KeptAnswers.open(file, "me")) {
      assertEquals(ANSWER, kept.find(question(0)));
      assertNull(kept.find(List.of("prompt 0", "b", "a")));
      assertNull(kept.find(List.of("prompt 0a", "", "b")));
    }
  }

  @Test
  void manyThreadsKeepWhatTheyAreGiven() {
    try (KeptAnswers kept = KeptAnswers.open(file, "me")) {
      IntStream.range(0, 100).parallel().forEach(i -> kept.keep(question(i), ANSWER));
    }
    assertEquals(100, known("me"));
  }

  @Test
  void aFileOfAnotherKindIsLeftAlone() throws IOException {
    for (String text : List.of("{\"id\": 1}\n{\"id\": 2}", "no line", "\n")) {
      Files.writeString(file, text);
      String message = assertThrows(UserError.class, () -> known("me")).getMessage();
      assertEquals(
          file + ": another kind of file (expected: answers kept by a judge, or none)", message);
      assertEquals(text, Files.readString(file));
    }
  }

  @Test
  void oneAtATime() throws IOException {
    try (KeptAnswers kept = KeptAnswers.open(file, "me")) {
      String message = assertThrows(UserError.class, () -> known("me")).getMessage();
      assertTrue(String.valueOf(message).contains("in use by another process"), message);
      kept.keep(question(0), ANSWER);
    }
    assertEquals(1, known("me"));
    Files.writeString(file, "", StandardOpenOption.TRUNCATE_EXISTING);
    assertEquals(0, known("me"));
    assertFalse(Files.exists(file), "a file without a line is left behind");
  }
}
