package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;

class ConvertCommandTest {
  private static final Provenance JUDGED =
      new Provenance(
          "model:m",
          "00ff",
          0.1 + 0.2,
          1 / 3.0,
          new Provenance.Proof("abcd", "It's \"better\",\nsays I.", "ef01"));

  @TempDir Path folder;

  private Typed convert(Path in, Path out, String... more) {
    List<String> words = new ArrayList<>(List.of("data", "convert", in.toString(), out.toString()));
    words.addAll(List.of(more));
    return Typed.rlaif(words.toArray(String[]::new));
  }

  private void done(Path in, Path out, String... more) {
    Typed typed = convert(in, out, more);
    assertEquals(0, typed.code(), typed.err());
  }

  private Path file(String name) {
    return folder.resolve(name);
  }

  private Path preferences() {
    Path file = file("preferences.jsonl");
    JsonLines.write(
        file,
        List.of(
            new Preference(
                "1",
                Prompt.of("2020-01-01"),
                " yes",
                " no",
                0.9,
                JUDGED,
                new Preference.Tokens(List.of(1, 2), List.of(3)),
                new Preference.Authors("sft", "ppo"),
                null),
            new Preference("2", Prompt.of("Who?"), "me", "", 0, Provenance.human()),
            new Preference(
                "3",
                Prompt.of("Why, \"you\"?"),
                "a\nb",
                "c, d",
                0.5,
                new Provenance("m", "00", null, null)),
            new Preference("4", Prompt.of("true"), "1", "2", 0.2 + 0.1, JUDGED, null)));
    return file;
  }

  /** Of 0.9, 0, 0.5 and 0.3 two are soft, one is a tie; what is more probable is chosen. */
  @Test
  void theMoreProbableCompletionIsChosenAndTiesAreLeftOut() throws IOException {
    Path in = preferences();
    Path parquet = file("trl.parquet");
    Typed typed = convert(in, parquet, "--to", "trl");
    assertEquals(
        """
        %s: JSON Lines, 4 rows
          read as     rlaif 4
          left out    ties 1
          with        softLabelsMadeHard 2
        3 rows of kind preference, columns prompt, chosen, rejected, in %s
        """
            .formatted(in, parquet),
        typed.out() + typed.err());
    assertEquals("PAR1", new String(Files.readAllBytes(parquet), 0, 4, "ISO-8859-1"));
    Path lines = file("trl.jsonl");
    done(parquet, lines, "--to", "trl");
    assertEquals(
        """
        {"prompt":"2020-01-01","chosen":" yes","rejected":" no"}
        {"prompt":"Who?","chosen":"","rejected":"me"}
        {"prompt":"true","chosen":"2","rejected":"1"}
        """,
        Files.readString(lines));
    Path own = file("own.jsonl");
    done(lines, own, "--to", "rlaif");
    Preference second = JsonLines.read(own, Preference.class).get(1);
    assertEquals(
        new Preference("trl.jsonl:2", Prompt.of("Who?"), "", "me", 1, Provenance.human()), second);
  }

  /** Proof, tokens and authors too, so that the chain of links still holds. */
  @ParameterizedTest
  @ValueSource(strings = {"own.parquet", "own.csv", "own.jsonl.gz"})
  void ourOwnLayoutComesBackToTheByte(String name) throws IOException {
    Path in = preferences();
    done(in, file(name), "--to", "rlaif");
    done(file(name), file("back.jsonl"), "--to", "rlaif");
    assertEquals(Files.readString(in), Files.readString(file("back.jsonl")));
  }

  /** One of each of TRL's types. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"prompt\":\"p\",\"chosen\":\" a\",\"rejected\":\" b\"}",
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],"
            + "\"chosen\":[{\"role\":\"assistant\",\"content\":\"a\"}],"
            + "\"rejected\":[{\"role\":\"assistant\",\"content\":\"b\"}]}",
        "{\"prompt\":\"p\",\"completion\":\"a\",\"label\":false}",
        "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],"
            + "\"completion\":[{\"role\":\"assistant\",\"content\":\"a\"}],\"label\":true}",
        "{\"prompt\":\"p\",\"completion\":\"a\"}",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"p\"},"
            + "{\"role\":\"assistant\",\"content\":\"a\"},{\"role\":\"user\",\"content\":\"q\"},"
            + "{\"role\":\"assistant\",\"content\":\"b\"}]}",
        "{\"text\":\"All of it. Is learned.\"}",
        "{\"prompt\":\"p\"}"
      })
  void trlsTypesComeBackFromOurLayout(String row) throws IOException {
    Path in = Files.writeString(file("in.jsonl"), row + "\n" + row + "\n");
    done(in, file("own.jsonl"), "--to", "rlaif");
    done(file("own.jsonl"), file("back.parquet"), "--to", "trl");
    done(file("back.parquet"), file("back.jsonl"), "--to", "trl");
    assertEquals(Files.readString(in), Files.readString(file("back.jsonl")));
  }

  /** Neither the tie nor the one whose better completion is empty. */
  @Test
  void aPreferenceMayBecomeWhatIsLearned() throws IOException {
    done(preferences(), file("chosen.jsonl"), "--to", "trl", "--as", "completion");
    List<JsonNode> rows = JsonLines.read(file("chosen.jsonl"), JsonNode.class);
    assertEquals("{\"prompt\":\"2020-01-01\",\"completion\":\" yes\"}", rows.get(0).toString());
    assertEquals("{\"prompt\":\"true\",\"completion\":\"2\"}", rows.get(1).toString());
    assertEquals(2, rows.size());
  }

  /** As {@code judge revise} writes them: their provenance stays. */
  @Test
  void whatElseStandsInARowIsKept() throws IOException {
    String row =
        "{\"id\":\"1\",\"prompt\":\"p\",\"completion\":\"c\",\"provenance\":{\"source\":\"m\","
            + "\"round\":2,\"principles\":[\"a\",\"b\"]}}\n";
    Path in = Files.writeString(file("revised.jsonl"), row);
    done(in, file("revised.parquet"), "--to", "rlaif");
    done(file("revised.parquet"), file("back.jsonl"), "--to", "rlaif");
    assertEquals(row, Files.readString(file("back.jsonl")));
    Typed inspected = Typed.rlaif("data", "inspect", in.toString());
    assertTrue(inspected.out().contains("  read as     completion 1\n"), inspected.out());
  }

  @Test
  void mistakesAreNamedInOneLine() throws IOException {
    Path chat =
        Files.writeString(
            file("chat.jsonl"),
            "{\"prompt\":[{\"role\":\"user\",\"content\":\"p\"}],\"completion\":"
                + "[{\"role\":\"assistant\",\"content\":\"a\"}]}\n");
    assertRefused(
        convert(chat, file("a.csv"), "--to", "trl"),
        "column prompt: a list of messages (expected: text, in CSV");
    assertRefused(
        convert(chat, file("a.xlsx"), "--to", "trl"),
        "(expected: a name that ends in .parquet, .jsonl, .jsonl.gz or .csv)");
    assertRefused(
        convert(chat, file("a.jsonl"), "--to", "trl", "--as", "preference"),
        "rows of kind preference: 0 (expected: at least 1; --as says another kind)");
    Path mixed =
        Files.writeString(
            file("mixed.jsonl"),
            Files.readString(chat) + "{\"prompt\":\"p\",\"completion\":\"a\"}\n");
    assertRefused(
        convert(mixed, file("a.parquet"), "--to", "trl"),
        "row 2 of those to be written: [prompt, completion] (expected: [prompt of messages,"
            + " completion of messages]");
    assertFalse(Files.exists(file("a.parquet")));
    assertRefused(
        convert(mixed, file("a.parquet"), "--to", "rlaif"),
        "column prompt: a list and a text (expected: values of one kind, as Parquet has them");
  }

  private static void assertRefused(Typed typed, String message) {
    assertEquals(2, typed.code());
    assertTrue(typed.err().contains(message), typed.err());
  }
}
