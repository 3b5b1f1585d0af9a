package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;
import org.rlaif.model.Golden;

final class BpeTrainerTest {
  @TempDir private Path folder;

  /**
   * By hand: the words of "aab aab aab aac" are "aab", " aab" (twice) and " aac", so the pair aa
   * counts 4. Then "aa b" and "space aa" both count 3; the space's id is lower than that of aa, the
   * first new token. Then "(space aa) b" counts 2, and everything else 1.
   */
  @Test
  void mergesTheMostFrequentPairAndOfEqualsTheOneWithLowerIds() throws IOException {
    JsonNode model = train(List.of("aab aab aab aac"), 259 + 10).path("model");
    assertEquals(List.of("a a", "\u0120 aa", "\u0120aa b"), merges(model));
    assertEquals(259, model.path("vocab").path("aa").asInt());
    assertEquals(261, model.path("vocab").path("\u0120aab").asInt());
  }

  /** Hugging Face's own trainer on the same texts. */
  @Test
  void learnsWhatHuggingFaceLearns() throws IOException {
    Golden.Trained golden = Golden.trained();
    JsonNode model = train(golden.texts(), golden.vocabulary().size()).path("model");
    assertEquals(golden.merges(), merges(model));
    for (int id = 0; id < golden.vocabulary().size(); id++) {
      assertEquals(id, model.path("vocab").path(golden.vocabulary().get(id)).asInt(-1));
    }
    try (Tokenizer tokenizer = Tokenizer.open(folder.resolve("tokenizer.json"))) {
      for (int i = 0; i < golden.probes().size(); i++) {
        assertArrayEquals(golden.ids().get(i), tokenizer.encode(golden.probes().get(i)));
      }
    }
  }

  /** Against counting all pairs anew for every merge. */
  @Test
  void learnsWhatTheSlowWayLearns() throws IOException {
    for (long seed = 0; seed < 5; seed++) {
      var random = new Random(seed);
      var words = new ArrayList<String>();
      for (int i = 0; i < 300; i++) {
        words.add(
            random
                .ints(1 + random.nextInt(8), 'a', 'd')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString());
      }
      JsonNode model = train(words, 259 + 60).path("model");
      assertEquals(SlowBpe.merges(words, 60), merges(model), "seed " + seed);
    }
  }

  @Test
  void theSameTextsInAnotherOrderGiveTheSameFile() throws IOException {
    List<String> texts = new ArrayList<>(Golden.trained().texts());
    String first = train(texts, 320).toString();
    Collections.reverse(texts);
    assertEquals(first, train(texts, 320).toString());
  }

  @Test
  void stopsWhenNoPairOccursTwice() throws IOException {
    JsonNode model = train(List.of("ab ab", "ab", "xyz"), 1000).path("model");
    assertEquals(List.of("a b"), merges(model)); // " ab" occurs once
    assertEquals(260, model.path("vocab").size());
    assertEquals(259, train(List.of(), 1000).path("model").path("vocab").size());
  }

  @Test
  void allBytesAndTheSpecialTokensNeedRoom() {
    Path file = folder.resolve("tokenizer.json");
    var e = assertThrows(UserError.class, () -> BpeTrainer.train(List.of("a"), 258, file));
    assertEquals("vocabularySize: 258 (expected: >= 259)", e.getMessage());
    assertEquals(false, Files.exists(file));
  }

  private JsonNode train(List<String> texts, int vocabularySize) throws IOException {
    Path file = folder.resolve("tokenizer.json");
    BpeTrainer.train(texts, vocabularySize, file);
    return Json.MAPPER.readTree(file.toFile());
  }

  private static List<String> merges(JsonNode model) {
    var merges = new ArrayList<String>();
    model.path("merges").forEach(merge -> merges.add(merge.asText()));
    return merges;
  }

  /** BPE as in Sennrich et al. 2016, algorithm 1, for words of a, b, c. */
  private static final class SlowBpe {
    static List<String> merges(List<String> words, int howMany) {
      var split = new ArrayList<List<String>>();
      words.forEach(word -> split.add(new ArrayList<>(List.of(word.split("")))));
      var vocabulary = new ArrayList<>(List.of("a", "b", "c")); // the order of their ids
      var merges = new ArrayList<String>();
      while (vocabulary.size() < 3 + howMany) {
        String best = best(split, vocabulary);
        merges.add(best);
        String token = best.replace(" ", "");
        if (!vocabulary.contains(token)) {
          vocabulary.add(token);
        }
        for (List<String> word : split) {
          for (int i = 0; i + 1 < word.size(); i++) {
            if (best.equals(word.get(i) + " " + word.get(i + 1))) {
              word.set(i, token);
              word.remove(i + 1);
            }
          }
        }
      }
      return merges;
    }

    private static String best(List<List<String>> split, List<String> vocabulary) {
      String best = "";
      int most = 1;
      for (String left : vocabulary) {
        for (String right : vocabulary) {
          int count = 0;
          for (List<String> word : split) {
            for (int i = 0; i + 1 < word.size(); i++) {
              count += word.get(i).equals(left) && word.get(i + 1).equals(right) ? 1 : 0;
            }
          }
          if (count > most) {
            most = count;
            best = left + " " + right;
          }
        }
      }
      return best;
    }
  }
}
