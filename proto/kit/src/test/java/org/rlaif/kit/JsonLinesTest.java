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
              new Provenance("rubric:x", "0f", 0.5, 0.0)));

  @TempDir Path folder;

  @Test
  void rowsComeBackTheSame() {
    for (String name : List.of("rows.jsonl", "rows.jsonl.gz")) {
      Path file = folder.resolve(name);
      JsonLines.write(file, ROWS);
      assertEquals(ROWS, JsonLines.read(file, Preference.class), name);
    }
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
