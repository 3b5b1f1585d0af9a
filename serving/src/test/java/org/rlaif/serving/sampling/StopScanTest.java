package org.rlaif.serving.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.text.BpeTrainer;
import org.rlaif.model.text.Tokenizer;
import org.rlaif.serving.engine.TestModels;

class StopScanTest {
  @TempDir Path folder;
  private Tokenizer tokenizer;

  @BeforeEach
  void open() {
    Path file = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of("no merges to speak of"), 259, file);
    tokenizer = Tokenizer.open(file);
  }

  @AfterEach
  void close() {
    tokenizer.close();
  }

  @Test
  void whatMightBecomeAStopStringIsHeldBack() {
    var scan = new StopScan(tokenizer, stops(0, "END"), new int[0]);
    assertEquals(List.of("x", "", "", "EN", "Ey", "", "", ""), pieces(scan, "xENEyEND"));
    assertEquals("END", scan.found());
    assertEquals("xENEy", scan.text());
    assertEquals("", scan.end());
  }

  @Test
  void whatWasHeldBackComesAtTheEnd() {
    var scan = new StopScan(tokenizer, stops(0, "END"), new int[0]);
    assertEquals(List.of("x", "", ""), pieces(scan, "xEN"));
    assertEquals("EN", scan.end());
    assertEquals("", scan.found());
  }

  @Test
  void theEarliestCountsThenTheFirstListed() {
    var scan = new StopScan(tokenizer, stops(0, "bc", "abc", "abcd"), new int[0]);
    pieces(scan, "xabc");
    assertEquals("abc", scan.found());
    assertEquals("x", scan.text());
  }

  @Test
  void stopTokensHaveNoText() {
    var scan =
        new StopScan(tokenizer, new Stops(0, List.of(), Set.of(TestModels.id('!'))), new int[0]);
    assertEquals(List.of("a", ""), pieces(scan, "a!"));
    assertEquals("", scan.end());
  }

  /** Against the plain definition, on texts of three letters where everything overlaps. */
  @Test
  void anyTextAndAnyStops() {
    var random = new Random(1);
    int found = 0;
    for (int i = 0; i < 2000; i++) {
      String text = letters(random, 12);
      List<String> strings = new ArrayList<>();
      for (int s = 0; s < 2; s++) {
        strings.add(letters(random, 1 + random.nextInt(4)));
      }
      int minTokens = random.nextInt(4);
      String expected = text;
      for (int end = minTokens + 1; end <= text.length() && expected.equals(text); end++) {
        for (String stop : strings) {
          int at = end - stop.length();
          if (at >= 0 && text.startsWith(stop, at) && at < expected.length()) {
            expected = text.substring(0, at);
          }
        }
      }
      var scan = new StopScan(tokenizer, new Stops(minTokens, strings, Set.of()), new int[0]);
      var given = new StringBuilder();
      for (int t = 0; t < text.length() && scan.found().isEmpty(); t++) {
        given.append(scan.add(TestModels.id(text.charAt(t))));
      }
      given.append(scan.end());
      assertEquals(expected, given.toString(), text + " " + strings + " " + minTokens);
      found += scan.found().isEmpty() ? 0 : 1;
    }
    assertTrue(found > 500 && found < 2000, found + " stops");
  }

  private static String letters(Random random, int count) {
    var letters = new StringBuilder();
    random.ints(count, 'a', 'd').forEach(letter -> letters.append((char) letter));
    return letters.toString();
  }

  private static Stops stops(int minTokens, String... strings) {
    return new Stops(minTokens, List.of(strings), Set.of());
  }

  private static List<String> pieces(StopScan scan, String text) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      pieces.add(scan.add(TestModels.id(text.charAt(i))));
    }
    return pieces;
  }
}
