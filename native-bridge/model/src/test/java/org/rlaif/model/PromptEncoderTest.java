package org.rlaif.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.ChatTemplate;
import org.rlaif.model.text.Tokenizer;

/** With a tokenizer of bytes, which are the tokens from 3 on: every letter is one. */
final class PromptEncoderTest {
  private static final int END = 1;
  private static final int BEGINNING = 2;
  private static final Prompt CHAT =
      Prompt.of(List.of(Message.user("a"), Message.assistant("bc"), Message.user("d")));

  @TempDir private Path folder;
  private Path json;
  private Tokenizer tokenizer;

  @BeforeEach
  void train() {
    json = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of("a"), 259, json);
    tokenizer = Tokenizer.open(json);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void textNeedsNoTemplate() {
    var encoder = PromptEncoder.of(json, tokenizer);
    Prompt text = Prompt.of("a");
    assertArrayEquals(tokenizer.encodePrompt("a"), encoder.prompt("x", text));
    assertArrayEquals(whole("b"), encoder.completion("x", text, "b"));
    assertArrayEquals(new int[0], encoder.earlierTurns("x", text));
  }

  /** Our own: tokens are those of transformers, too, which finds the same mask. */
  @Test
  void ourTemplateNeedsNoTokensOfItsOwn() throws IOException {
    ChatTemplate.writeOurs(folder);
    var encoder = PromptEncoder.of(json, tokenizer);
    assertArrayEquals(
        joined("user\na", "assistant\nbc", "user\nd", "assistant\n"), encoder.prompt("x", CHAT));
    assertArrayEquals(whole("\n e"), encoder.completion("x", CHAT, "\n e"));
    // <|beginning|>user\na<|endoftext|> has 8 tokens, <|beginning|>assistant\n 11.
    assertArrayEquals(new int[] {19, 20, 21}, encoder.earlierTurns("x", CHAT));
  }

  /** Turns, all but the last one ended. */
  private int[] joined(String... turns) {
    var ids = new ArrayList<Integer>();
    for (String turn : turns) {
      ids.add(BEGINNING);
      for (int id : tokenizer.encode(turn)) {
        ids.add(id);
      }
      ids.add(END);
    }
    ids.remove(ids.size() - 1);
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Llama's date. */
  @Test
  void theDateIsAlwaysTheSame() throws IOException {
    Files.writeString(
        folder.resolve("chat_template.jinja"),
        "{{ strftime_now('%d %b %Y') }}{{ messages[0].role }}");
    assertArrayEquals(
        tokenizer.encode("26 Jul 2024user"), PromptEncoder.of(json, tokenizer).prompt("x", CHAT));
  }

  @Test
  void mistakesNameThePromptAndTheFolder() throws IOException {
    assertEquals(
        folder
            + ": no chat template (expected: chat_template.jinja, or chat_template in"
            + " tokenizer_config.json, since example 7 is a conversation)",
        message(() -> PromptEncoder.of(json, tokenizer).prompt("example 7", CHAT)));
    Path file = folder.resolve("chat_template.jinja");
    Files.writeString(file, "{{ raise_exception('Roles must take turns') }}");
    assertEquals(
        "example 7: " + file + ", chat template: Roles must take turns",
        message(() -> PromptEncoder.of(json, tokenizer).prompt("example 7", CHAT)));
    Files.writeString(file, "{% for m in messages %}{{ m.content }}##{% endfor %}");
    assertEquals(
        folder
            + ", chat template: no assistant's turn ends with a token that ends a completion"
            + " (expected: one of [1], or its id in generation_config.json)",
        message(() -> PromptEncoder.of(json, tokenizer).completion("example 7", CHAT, "e")));
  }

  private int[] whole(String completion) {
    return IntStream.concat(IntStream.of(tokenizer.encode(completion)), IntStream.of(END))
        .toArray();
  }

  private static String message(Runnable asked) {
    return String.valueOf(assertThrows(UserError.class, asked::run).getMessage());
  }
}
