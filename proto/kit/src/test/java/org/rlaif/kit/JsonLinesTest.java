package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {
  private static final List<Preference> ROWS =
      List.of(
          new Preference("1", Prompt.of("p"), "a", "b", 1, Provenance.human()),
          new Preference(
              "2",
              Prompt.of("ü\n\u2028"),
              "a\"",
              "🙂",
              0.25,
              new Provenance("rubric:x", "0f", 0.5, 0.0)),
          new Preference(
              "3",
              Prompt.of("p"),
              "a",
              "b",
              1,
              Provenance.human(),
              new Preference.Tokens(List.of(5, 70_000), List.of())));

  @TempDir Path folder;

  @Test
  void rowsComeBackTheSame() {
    for (String name : List.of("rows.jsonl", "rows.jsonl.gz")) {
      Path file = folder.resolve(name);
      JsonLines.write(file, ROWS);
      assertEquals(ROWS, JsonLines.read(file, Preference.class), name);
    }
  }

  /** Files of others, and our older ones, have none. */
  @Test
  void tokensMayBeAbsent() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    var texts = List.of("a", "b");
    var sampled = new Candidates("1", Prompt.of("p"), texts, List.of(List.of(7, 1), List.of(7)));
    var rows = List.of(sampled, new Candidates("2", Prompt.of("p"), texts));
    JsonLines.write(file, rows);
    assertEquals(rows, JsonLines.read(file, Candidates.class));
    assertEquals(
        List.of(
            "{\"id\":\"1\",\"prompt\":\"p\",\"completions\":[\"a\",\"b\"],\"tokens\":[[7,1],[7]]}",
            "{\"id\":\"2\",\"prompt\":\"p\",\"completions\":[\"a\",\"b\"]}"),
        Files.readAllLines(file));
    UserError e =
        assertThrows(
            UserError.class, () -> new Candidates("3", Prompt.of("p"), texts, List.of(List.of(7))));
    assertEquals("tokens: 1 lists (expected: 2, one for each completion, for 3)", e.getMessage());
  }

  @Test
  void aCompressedFileIsCompressed() throws IOException {
    Path file = folder.resolve("rows.jsonl.gz");
    JsonLines.write(file, ROWS);

    byte[] bytes = Files.readAllBytes(file);
    assertEquals(0x1f, bytes[0]);
    assertEquals((byte) 0x8b, bytes[1]);
  }

  @Test
  void aBrokenRowIsNamedByFileAndLine() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(
        file,
        """
        {"id":"1","prompt":"p","completion":"c"}

        {"id":"2","prompt":"p"
        """);

    UserError e = assertThrows(UserError.class, () -> JsonLines.read(file, Example.class));
    assertTrue(e.getMessage().startsWith(file + ", line 3: "), e.getMessage());
  }

  @Test
  void aRowThatRefusesItsValuesSaysWhy() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(file, "{\"id\":\"7\",\"prompt\":\"\",\"completion\":\"c\"}\n");

    UserError e = assertThrows(UserError.class, () -> JsonLines.read(file, Example.class));
    assertEquals(
        file + ", line 1: prompt: \"\" (expected: text, in the example 7)", e.getMessage());
  }

  @Test
  void aPreferenceIsAProbability() {
    UserError e =
        assertThrows(
            UserError.class,
            () -> new Preference("3", Prompt.of("p"), "a", "b", 1.5, Provenance.human()));
    assertEquals(
        "probabilityFirst: 1.5 (expected: from 0 to 1, in the preference 3)", e.getMessage());
  }
}
