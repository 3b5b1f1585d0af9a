package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.BpeTrainer;
import org.rlaif.model.Golden;
import org.rlaif.model.Tokenizer;

class TextStreamTest {
  @TempDir Path folder;

  /** Bytes only: every character beyond ASCII takes several tokens. */
  @Test
  void charactersAreNeverSplit() {
    try (Tokenizer tokenizer = bytes()) {
      String text = "Grüße, 你好 🙂!";
      var stream = new TextStream(tokenizer);
      List<String> pieces = new ArrayList<>();
      for (int token : tokenizer.encode(text)) {
        pieces.add(stream.add(token));
      }
      assertEquals(text, String.join("", pieces) + stream.end());
      assertTrue(pieces.contains("ü") && pieces.contains("你") && pieces.contains("🙂"));
      assertEquals(4, pieces.size() - pieces.indexOf("🙂") + 2, "the smiley is its fourth byte");
      assertFalse(String.join("", pieces).contains("\uFFFD"));
    }
  }

  /** Whatever the bytes, all pieces together are the text of all tokens. */
  @Test
  void piecesAddUpToTheWhole() {
    try (Tokenizer tokenizer = bytes()) {
      var random = new Random(5);
      for (int round = 0; round < 200; round++) {
        int[] tokens = random.ints(40, 0, tokenizer.vocabularySize()).toArray();
        int[] smiley = tokenizer.encode("🙂");
        System.arraycopy(smiley, 0, tokens, random.nextInt(36), smiley.length);
        var stream = new TextStream(tokenizer);
        var text = new StringBuilder();
        Arrays.stream(tokens).forEach(token -> text.append(stream.add(token)));
        text.append(stream.end());
        assertEquals(tokenizer.decode(tokens), text.toString(), "round " + round);
      }
    }
  }

  /** Tokenizers like Llama 2's and Mistral's leave out the space that a text begins with. */
  @Test
  void spacesBetweenTokensAreNotLost() {
    for (String family : List.of("llama2", "mistral", "llama3", "qwen3")) {
      Path files = Golden.tokenizer(family, folder);
      try (Tokenizer tokenizer = Tokenizer.open(files.resolve("tokenizer.json"))) {
        for (String text : List.of("the cat sat on the mat", "Grüße,  你好 🙂!\n and more", " a b")) {
          int[] tokens = tokenizer.encode(text);
          var stream = new TextStream(tokenizer);
          List<String> pieces = new ArrayList<>();
          Arrays.stream(tokens).forEach(token -> pieces.add(stream.add(token)));
          assertEquals(tokenizer.decode(tokens), String.join("", pieces) + stream.end(), family);
          assertTrue(pieces.stream().filter(piece -> !piece.isEmpty()).count() >= 2, family);
        }
      }
    }
  }

  /** A character that never comes is told at the end. */
  @Test
  void whatStaysIncompleteIsMarked() {
    try (Tokenizer tokenizer = bytes()) {
      var stream = new TextStream(tokenizer);
      int[] smiley = tokenizer.encode("🙂");
      assertEquals("", stream.add(smiley[0]));
      assertEquals("", stream.add(smiley[1]));
      assertEquals("\uFFFD", stream.end());
      assertEquals("a", stream.add(tokenizer.encode("a")[0]));
    }
  }

  private Tokenizer bytes() {
    Path file = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of(), 259, file);
    return Tokenizer.open(file);
  }
}
