package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.model.Golden;

/** Texts that have no place to cut. */
class WindowsTest {
  private static final int LENGTH = 50_000;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "blocks", "gpt2", "llama2", "llama3", "mistral", "neox", "qwen2", "qwen3", "smollm"
      })
  void theirTokensAreThoseOfTheWhole(String family) throws IOException {
    Path files = Golden.tokenizer(family, folder);
    try (Tokenizer tokenizer = Tokenizer.open(files.resolve("tokenizer.json"))) {
      for (String text : texts()) {
        List<Integer> asked = new ArrayList<>();
        int[] ids = tokenizer.encode(text, asked::add);
        String told = family + ": " + text.substring(0, 20);
        assertArrayEquals(tokenizer.encodeAtOnce(text), ids, told);
        assertTrue(asked.size() >= 3, () -> told + ": asked at " + asked);
        assertEquals(1, asked.stream().filter(soFar -> soFar == 0).count(), told + ": at once");
      }
    }
  }

  private static List<String> texts() {
    var random = new Random(7);
    String some = "aaaaaeettoonnsirh\n\n\t.,;-=1234567890ÄßéñЖш你好世界🙂🙃e\u0301";
    int[] points = some.codePoints().toArray();
    return List.of(
        "a".repeat(LENGTH),
        " ".repeat(LENGTH),
        "\n".repeat(LENGTH),
        "1".repeat(LENGTH),
        "-=".repeat(LENGTH / 2),
        "  ab".repeat(LENGTH / 4),
        "the\n and: of.\t".repeat(LENGTH / 14),
        "🙂".repeat(LENGTH),
        "e\u0301".repeat(LENGTH / 2),
        made(i -> 'a' + random.nextInt(26)),
        made(i -> 'a' + random.nextInt(2)),
        made(i -> '0' + random.nextInt(10)),
        made(i -> 0x4e00 + random.nextInt(5000)),
        made(i -> points[random.nextInt(points.length)]),
        made(i -> random.nextInt(3) == 0 ? '\n' : ' '));
  }

  private static String made(IntUnaryOperator point) {
    var text = new StringBuilder();
    for (int i = 0; i < LENGTH; i++) {
      text.appendCodePoint(point.applyAsInt(i));
    }
    return text.toString();
  }
}
