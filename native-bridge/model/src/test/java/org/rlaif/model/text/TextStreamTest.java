package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.model.Golden;

class TextStreamTest {
  @TempDir Path folder;

  /** Bytes only: every character beyond ASCII takes several tokens. */
  @Test
  void charactersAreNeverSplit() {
    try (Tokenizer tokenizer = bytes()) {
      String text = "Grüße, 你好 🙂!";
      var stream = new TextStream(tokenizer, new int[0]);
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
        var stream = new TextStream(tokenizer, new int[0]);
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
          var stream = new TextStream(tokenizer, new int[0]);
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
      var stream = new TextStream(tokenizer, new int[0]);
      int[] smiley = tokenizer.encode("🙂");
      assertEquals("", stream.add(smiley[0]));
      assertEquals("", stream.add(smiley[1]));
      assertEquals("\uFFFD", stream.end());
      assertEquals("a", stream.add(tokenizer.encode("a")[0]));
    }
  }

  /** SentencePiece's bytes: those that are there are read, whatever comes behind them. */
  @Test
  void whatIsWholeBeforeAnIncompleteCharacterIsNotLost() {
    for (String family : List.of("llama2", "mistral", "llama3")) {
      Path files = Golden.tokenizer(family, folder);
      try (Tokenizer tokenizer = Tokenizer.open(files.resolve("tokenizer.json"))) {
        int[] prompt = tokenizer.encode("na");
        int[] euro = tokenizer.encodeInside("€", Watch.NONE);
        int[] dragon = tokenizer.encodeInside("🐉", Watch.NONE);
        int[] cut = Ids.joined(euro, Arrays.copyOf(dragon, dragon.length - 1));
        assertEquals("€\uFFFD", tokenizer.decodeBehind(prompt, cut), family);
        var stream = new TextStream(tokenizer, prompt);
        var text = new StringBuilder();
        Arrays.stream(cut).forEach(token -> text.append(stream.add(token)));
        assertEquals("€", text.toString(), family);
        assertEquals("\uFFFD", stream.end());
        int[] rest = {dragon[dragon.length - 1]};
        assertEquals("🐉", tokenizer.decodeBehind(Ids.joined(prompt, cut), rest), family);
      }
    }
  }

  @Test
  void behindAPromptATextKeepsItsSpace() {
    for (String family : List.of("llama2", "mistral", "llama3", "gpt2")) {
      Path files = Golden.tokenizer(family, folder);
      try (Tokenizer tokenizer = Tokenizer.open(files.resolve("tokenizer.json"))) {
        int[] prompt = tokenizer.encodePrompt("Once upon a");
        int[] ids = TextPrompt.of(tokenizer, "Once upon a", Watch.NONE).encodeBeginning(" time");
        assertEquals(" time", tokenizer.decodeBehind(prompt, ids), family);
        assertEquals("Once upon a time", tokenizer.decode(Ids.joined(prompt, ids)), family);
      }
    }
  }

  /** Which token ends one is said in one file, and which ones are special in another. */
  @Test
  void whatEndsACompletionHasNoText() throws IOException {
    Path files = Golden.tokenizer("gpt2", folder);
    Path json = files.resolve("tokenizer.json");
    Files.writeString(
        json, Files.readString(json).replaceAll("\"special\": ?true", "\"special\": false"));
    assertTrue(Files.readString(json).contains("\"special\": false"));
    try (Tokenizer tokenizer = Tokenizer.open(json)) {
      int[] end = {tokenizer.eosId()};
      assertTrue(tokenizer.encode("<|endoftext|>").length > 1, "nobody can type it");
      assertEquals("", tokenizer.decode(end));
      assertEquals("", new TextStream(tokenizer, new int[0]).add(end[0]));
    }
  }

  /** A run of bytes that never become a character is held to three, told and forgotten. */
  @Test
  void endlessBytesTakeTimeOfTheirLength() {
    try (Tokenizer tokenizer = bytes()) {
      int open = tokenizer.encode("🙂")[0];
      int inside = tokenizer.encode("🙂")[3];
      for (int token : new int[] {open, inside}) {
        var stream = new TextStream(tokenizer, new int[0]);
        var text = new StringBuilder();
        int n = 1_000_000;
        long begun = System.nanoTime();
        for (int i = 0; i < n; i++) {
          text.append(stream.add(token));
        }
        text.append(stream.end());
        assertEquals("\uFFFD".repeat(n), text.toString());
        long seconds = (System.nanoTime() - begun) / 1_000_000_000;
        assertTrue(seconds < 30, seconds + " s"); // a square of it would be hours
      }
    }
  }

  private Tokenizer bytes() {
    Path file = folder.resolve("tokenizer.json");
    BpeTrainer.train(List.of(), 259, file);
    return Tokenizer.open(file);
  }
}
