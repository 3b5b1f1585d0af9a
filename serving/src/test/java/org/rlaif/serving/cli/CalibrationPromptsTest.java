package org.rlaif.serving.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Calibration;
import org.rlaif.serving.engine.Loaded;
import org.rlaif.serving.engine.Models;
import org.rlaif.serving.engine.TestModels;

/** Where the prompts of quantised policies come from. */
class CalibrationPromptsTest {
  @TempDir Path folder;
  private final Models models = TestModels.models(1);
  private Loaded policy;

  @BeforeEach
  void load() {
    policy =
        models.load("policy", TestModels.save(folder.resolve("m"), TestModels.TINY, 7)).loaded();
  }

  @AfterEach
  void close() {
    models.close();
  }

  @Test
  void aFileHasTextsAndConversations() throws IOException {
    Path file = folder.resolve("prompts.jsonl");
    Files.writeString(
        file,
        """
        {"id": "a", "prompt": "My sister", "completion": "x"}
        {"prompt": [{"role": "user", "content": "my car"}]}
        """);
    List<int[]> prompts = CalibrationPrompts.of(file, List.of()).prompts(policy);
    assertEquals(2, prompts.size());
    assertArrayEquals(policy.tokenizer().encodePrompt("My sister"), prompts.get(0));
    assertArrayEquals(policy.tokenizer().encodePrompt("my car"), prompts.get(1), "no template");
  }

  @Test
  void aRunHasItsOwn() throws IOException {
    Path run = folder.resolve("run");
    Files.createDirectories(run.resolve("data"));
    Files.writeString(run.resolve("models.json"), "{}");
    List<String> arguments = List.of(run.toString(), "other=" + folder.resolve("m"));
    assertEquals(List.of(), CalibrationPrompts.of(null, arguments).prompts(policy));
    var rows = new StringBuilder();
    for (int i = 0; i < 1000; i++) {
      rows.append("{\"prompt\": \"post ").append(i).append("\"}\n");
    }
    Files.writeString(run.resolve("data/train.jsonl"), rows);
    List<int[]> prompts = CalibrationPrompts.of(null, arguments).prompts(policy);
    assertEquals(Calibration.MOST_PROMPTS, prompts.size());
    assertEquals("post 967", policy.tokenizer().decode(prompts.get(30)), "from all over the file");
  }

  @Test
  void rowsWithoutAPromptAreMistakes() throws IOException {
    Path file = folder.resolve("prompts.jsonl");
    Files.writeString(file, "{\"text\": \"x\"}\n");
    var error = assertThrows(UserError.class, () -> CalibrationPrompts.of(file, List.of()));
    assertTrue(error.getMessage().contains("line 1"), error.getMessage());
    Files.writeString(file, "\n");
    error = assertThrows(UserError.class, () -> CalibrationPrompts.of(file, List.of()));
    assertTrue(error.getMessage().endsWith("with a prompt in each row)"), error.getMessage());
  }
}
