package org.rlaif.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.data.Rows.chat;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Prompt;
import org.rlaif.training.config.DataConfig.TooLong;

/** Where a prompt fits by its characters. */
class ShorteningTest {
  private static final String POST = "TITLE: A\n\nPOST: One is. Two is! Three is\nFour.\n\nTL;DR:";

  @Test
  void onTheLeftWordsGo() {
    assertEquals("two three", text("one two three", TooLong.LEFT, 12));
    assertEquals("two three", text("one two three", TooLong.LEFT, 9));
    assertEquals("three", text("one two three", TooLong.LEFT, 8));
    assertNull(text("one two three", TooLong.LEFT, 4), "it is never cut inside a word");
    assertEquals("b 🎲", text("a\n\n b 🎲", TooLong.LEFT, 4));
  }

  @Test
  void sentencesGoBeforeTheLastLine() {
    int all = POST.length();
    assertEquals(POST.replace("\nFour.", ""), text(POST, TooLong.SENTENCE, all - 1));
    assertEquals(POST.replace(" Three is\nFour.", ""), text(POST, TooLong.SENTENCE, all - 8));
    assertEquals("TITLE: A\n\nPOST: One is.\n\nTL;DR:", text(POST, TooLong.SENTENCE, 35));
    assertEquals("TITLE: A\n\nTL;DR:", text(POST, TooLong.SENTENCE, 17));
    assertNull(text(POST, TooLong.SENTENCE, 15), "the title is what is left at least");
    assertEquals("One is.", text("One is. Two is!", TooLong.SENTENCE, 14));
    assertNull(text("One is", TooLong.SENTENCE, 3));
  }

  @Test
  void ofConversationsOldTurnsGoFirst() {
    Prompt prompt = chat("s:x", "u:aaa", "a:bbb", "u:ccc", "a:ddd", "u:ee ff");
    for (TooLong how : new TooLong[] {TooLong.LEFT, TooLong.SENTENCE}) {
      assertEquals(
          chat("s:x", "u:ccc", "a:ddd", "u:ee ff"), shortened(prompt, how, prompt(prompt) - 1));
    }
    assertEquals(chat("s:x", "u:ee ff"), shortened(prompt, TooLong.LEFT, 30));
    assertEquals(chat("s:x", "u:ff"), shortened(prompt, TooLong.LEFT, 20));
    assertNull(shortened(prompt, TooLong.LEFT, 10));
  }

  /** The longest that fits is found among all cuts. */
  @Test
  void nothingLongerWouldFit() {
    String text = "w".repeat(3) + " word".repeat(200);
    for (int most : IntStream.iterate(5, n -> n < text.length(), n -> n + 7).toArray()) {
      String shorter = text(text, TooLong.LEFT, most);
      assertTrue(shorter != null && shorter.length() <= most && shorter.length() > most - 5);
    }
  }

  private static @Nullable String text(String text, TooLong how, int most) {
    Prompt prompt = shortened(Prompt.of(text), how, most);
    return prompt == null ? null : prompt.transcript();
  }

  private static @Nullable Prompt shortened(Prompt prompt, TooLong how, int most) {
    return Shortening.of(prompt, how, each -> prompt(each) <= most);
  }

  private static int prompt(Prompt prompt) {
    return prompt.transcript().length();
  }
}
