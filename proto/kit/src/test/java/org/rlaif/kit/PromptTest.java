package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PromptTest {
  private static final Prompt TEXT = Prompt.of("Hi");
  private static final Prompt CHAT =
      Prompt.of(
          List.of(
              Message.system("Be brief."),
              Message.user("Hi"),
              Message.assistant("Hello."),
              Message.user("1 + 1?")));

  @TempDir private Path folder;

  @Test
  void isAStringOrAListOfMessagesInJson() throws IOException {
    assertJson("\"Hi\"", TEXT);
    assertJson("[{\"role\":\"user\",\"content\":\"Hi\"}]", Prompt.of(List.of(Message.user("Hi"))));
    assertEquals(CHAT, Json.MAPPER.readValue(Json.MAPPER.writeValueAsString(CHAT), Prompt.class));
  }

  private static void assertJson(String json, Prompt prompt) throws IOException {
    assertEquals(json, Json.MAPPER.writeValueAsString(prompt));
    assertEquals(prompt, Json.MAPPER.readValue(json, Prompt.class));
  }

  @Test
  void aTranscriptNamesWhoSpeaksWhereItIsNotTheUserAlone() {
    assertEquals("Hi", TEXT.transcript());
    assertEquals("Hi", Prompt.of(List.of(Message.user("Hi"))).transcript());
    assertEquals(
        "System: Be brief.\n\nUser: Hi\n\nAssistant: Hello.\n\nUser: 1 + 1?", CHAT.transcript());
  }

  @Test
  void examplesOfTextAreWrittenAsTheyAlwaysWere() throws IOException {
    Path file = folder.resolve("rows.jsonl");
    List<Example> rows =
        List.of(new Example("1", TEXT, "c"), new Example("2", CHAT, "2", /* everyTurn= */ true));
    JsonLines.write(file, rows);
    List<String> lines = Files.readAllLines(file);
    assertEquals("{\"id\":\"1\",\"prompt\":\"Hi\",\"completion\":\"c\"}", lines.get(0));
    assertEquals(
        "\"completion\":\"2\",\"everyTurn\":true}",
        lines.get(1).substring(lines.get(1).indexOf("\"completion")));
    assertEquals(rows, JsonLines.read(file, Example.class));
  }

  @Test
  void otherThingsAreNoPrompt() throws IOException {
    assertMessage("prompt: 5 (expected: a text, or a list of messages)", "5");
    assertMessage(
        "prompt: [] (expected: a list of messages, each {\"role\": …, \"content\": …})", "[]");
    String expected = " (expected: {\"role\": …, \"content\": …}, both text)";
    assertMessage("prompt, message 1: {\"role\":\"user\"}" + expected, "[{\"role\":\"user\"}]");
    assertMessage("prompt, message 1: 7" + expected, "[7]");
    assertMessage(
        "prompt, message 2, name: [\"01234567890123456789012345678901234567…"
            + " (expected: null or nothing: a message is role and content)",
        """
        [{"role": "user", "content": "", "name": null},
         {"role": "user", "content": "", "name": ["%s"]}]"""
            .formatted("0123456789".repeat(5))
            .replace("\n", ""));
  }

  private void assertMessage(String expected, String json) throws IOException {
    Path file = folder.resolve("rows.jsonl");
    Files.writeString(file, "{\"id\":\"1\",\"prompt\":" + json + ",\"completion\":\"c\"}\n");
    var e = assertThrows(UserError.class, () -> JsonLines.read(file, Example.class));
    String message = String.valueOf(e.getMessage());
    String start = file + ", line 1: " + expected;
    assertEquals(start, message.substring(0, Math.min(message.length(), start.length())), message);
  }
}
