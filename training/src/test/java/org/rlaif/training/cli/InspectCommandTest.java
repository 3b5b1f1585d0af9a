package org.rlaif.training.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.ChatTemplate;

class InspectCommandTest {
  @TempDir Path folder;

  @Test
  void saysWhatAFileIsReadAs() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("data.csv"),
            "prompt,chosen,rejected\nWho?,Me.,\"Nobody\nelse.\"\nWho?,Me.,\"Nobody\nelse.\"\n"
                + "What?,It.,\n");
    Path json = folder.resolve("out.json");
    Typed typed =
        Typed.rlaif(
            "data",
            "inspect",
            file.toString(),
            "--rows",
            "1",
            "--set",
            "data.where=rejected IS NOT NULL",
            "--json",
            json.toString());
    assertEquals(
        """
        %1$s: CSV, 2 rows
          columns     prompt, chosen, rejected
          read as     preference 2
          left out    where 1
          for         2 examples, 2 preferences, 0 labels, 0 rated completions
          prompts     1 different; 1 duplicate rows
                                  least  median  most
          prompt      characters  4      4       4
          completion  characters  3      3       12

        data.csv:1
          prompt
            | Who?
          chosen 1.0, learned
            > Me.
          rejected
            | Nobody
            | else.
        """
            .formatted(file),
        typed.out() + typed.err());
    assertEquals(0, typed.code());
    assertEquals(1, Json.object(json).at("/duplicates").intValue());
    assertEquals(12, Json.object(json).at("/characters/completions/most").intValue());
  }

  /** The template writes a beginning and an end around what is said; a byte is a token. */
  @Test
  void showsTokensAndTemplate() throws IOException {
    Path model = Files.createDirectory(folder.resolve("model"));
    BpeTrainer.train(List.of("Hi Ho"), 259, model.resolve("tokenizer.json"));
    ChatTemplate.writeOurs(model);
    Path file =
        Files.writeString(
            folder.resolve("a.jsonl"),
            "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}, {\"role\": \"assistant\","
                + " \"content\": \"Ho\"}, {\"role\": \"user\", \"content\": \"He\"}, {\"role\":"
                + " \"assistant\", \"content\": \"Hu\"}]}\n");
    Typed typed = Typed.rlaif("data", "inspect", file.toString(), "--model", model.toString());
    assertEquals("", typed.err());
    assertTrue(typed.out().contains("  read as     conversation 1\n"), typed.out());
    assertTrue(typed.out().contains("  completion  tokens"), typed.out());
    assertTrue(typed.out().contains("  learned, 3 tokens\n    > Hu\n"), typed.out());
    assertTrue(typed.out().contains(" of them learned\n"), typed.out());
  }

  @Test
  void readsARunsSettings() throws IOException {
    Path file = Files.writeString(folder.resolve("a.tsv"), "question\tanswer\nWho?\tMe.\n");
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"),
            "data:\n  source: files\n  files: ['"
                + file
                + "']\n"
                + "  columns: {prompt: question, completion: answer}\n"
                + "evaluation: {judge: configured}\n");
    Typed typed = Typed.rlaif("data", "inspect", "--config", config.toString());
    assertEquals("", typed.err());
    assertTrue(typed.out().contains("  learned\n    > Me.\n"), typed.out());
    assertEquals(2, Typed.rlaif("data", "inspect", file.toString()).code());
    Typed none = Typed.rlaif("data", "inspect");
    assertEquals(2, none.code());
    assertTrue(none.err().contains("data.files: [] (expected: at least one file"), none.err());
  }
}
