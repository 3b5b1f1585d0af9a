package org.rlaif.model.text;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlaif.kit.Json;
import org.rlaif.kit.Resources;
import org.rlaif.kit.UserError;

/**
 * Learns a byte-level BPE vocabulary (Sennrich et al. 2016; on bytes: Radford et al. 2019) and
 * writes it as a Hugging Face {@code tokenizer.json}. Every text can be written in it, whatever it
 * was trained on, because all 256 bytes are tokens. The same texts give the same file.
 */
public final class BpeTrainer {
  /** GPT-2's words: a token never spans two of them. */
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private static final List<String> SPECIAL =
      List.of(SpecialTokens.PADDING, SpecialTokens.END, SpecialTokens.BEGINNING);

  private static final int SMALLEST = 256 + 3;

  /** A pair seen only once is not worth a token. */
  private static final int FEWEST = 2;

  /** Two neighbouring tokens. */
  private record Pair(int left, int right) {
    private static final Comparator<Pair> ORDER =
        Comparator.comparingInt(Pair::left).thenComparingInt(Pair::right);
  }

  /** The most frequent pair first; of equals the one with the lower ids. */
  private record Candidate(Pair pair, long count) {
    private static final Comparator<Candidate> ORDER =
        Comparator.comparingLong(Candidate::count)
            .reversed()
            .thenComparing(Candidate::pair, Pair.ORDER);
  }

  /** A distinct word of the texts: its tokens so far, and how often it occurs. */
  private static final class Word {
    private int[] tokens;
    private final long count;

    private Word(int[] tokens, long count) {
      this.tokens = tokens;
      this.count = count;
    }
  }

  /** How often a pair occurs, and the words that hold it, or held it once. */
  private static final class Occurrences {
    private long count;
    private final Set<Word> words = new HashSet<>();
  }

  private final int vocabularySize;
  private final Map<String, Integer> ids = new HashMap<>();
  private final List<String> vocabulary = new ArrayList<>();
  private final List<String> merges = new ArrayList<>();
  private final Map<Pair, Occurrences> pairs = new HashMap<>();

  private BpeTrainer(int vocabularySize) {
    this.vocabularySize = vocabularySize;
    SPECIAL.forEach(this::add);
    Arrays.stream(ByteAlphabet.ORDER).forEach(b -> add(String.valueOf(ByteAlphabet.letter(b))));
  }

  /**
   * Trains on texts and writes the file atomically.
   *
   * @param vocabularySize at least 259: all bytes and {@code <|padding|>} (id 0), {@code
   *     <|endoftext|>} (1), {@code <|beginning|>} (2). Fewer tokens are written if the texts have
   *     no more pairs to merge
   */
  public static void train(Iterable<String> texts, int vocabularySize, Path tokenizerJson) {
    UserError.require(
        vocabularySize >= SMALLEST, "vocabularySize", vocabularySize, ">= " + SMALLEST);
    var trainer = new BpeTrainer(vocabularySize);
    trainer.merge(trainer.words(texts));
    Json.write(tokenizerJson, trainer.toJson());
  }

  private List<Word> words(Iterable<String> texts) {
    var counts = new HashMap<String, Long>();
    for (String text : texts) {
      Matcher matcher = WORD.matcher(text);
      while (matcher.find()) {
        counts.merge(matcher.group(), 1L, Long::sum);
      }
    }
    var words = new ArrayList<Word>();
    counts.forEach((word, count) -> words.add(new Word(bytes(word), count)));
    return words;
  }

  /** The tokens of single bytes. */
  private static int[] bytes(String word) {
    byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
    int[] tokens = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      tokens[i] = SMALLEST - 256 + ByteAlphabet.rank(bytes[i] & 0xff);
    }
    return tokens;
  }

  /** Merges the most frequent pair until the vocabulary is full. */
  private void merge(List<Word> words) {
    words.forEach(word -> count(word, 1));
    var queue = new PriorityQueue<>(Candidate.ORDER);
    pairs.forEach((pair, seen) -> queue.add(new Candidate(pair, seen.count)));
    while (vocabulary.size() < vocabularySize && !queue.isEmpty()) {
      Candidate best = queue.poll();
      Occurrences seen = pairs.get(best.pair());
      // Counts fall behind the queue's back; those that rise are queued anew.
      if (seen == null || seen.count < FEWEST || best.count() < seen.count) {
        continue;
      }
      if (best.count() > seen.count) {
        queue.add(new Candidate(best.pair(), seen.count));
        continue;
      }
      for (Pair changed : replace(best.pair(), seen)) {
        Occurrences now = pairs.get(changed);
        if (now != null) {
          queue.add(new Candidate(changed, now.count));
        }
      }
    }
  }

  /** Replaces a pair by its token in every word; returns the pairs that this brought about. */
  private Set<Pair> replace(Pair pair, Occurrences seen) {
    String left = vocabulary.get(pair.left());
    String right = vocabulary.get(pair.right());
    merges.add(left + " " + right);
    int token = add(left + right);
    var changed = new HashSet<Pair>();
    for (Word word : List.copyOf(seen.words)) {
      count(word, -1);
      word.tokens = replaced(word.tokens, pair, token);
      count(word, 1);
      for (int i = 0; i + 1 < word.tokens.length; i++) {
        if (word.tokens[i] == token || word.tokens[i + 1] == token) {
          changed.add(new Pair(word.tokens[i], word.tokens[i + 1]));
        }
      }
    }
    pairs.remove(pair);
    return changed;
  }

  private static int[] replaced(int[] tokens, Pair pair, int token) {
    int[] result = new int[tokens.length];
    int length = 0;
    for (int i = 0; i < tokens.length; i++) {
      boolean here =
          i + 1 < tokens.length && tokens[i] == pair.left() && tokens[i + 1] == pair.right();
      result[length++] = here ? token : tokens[i];
      i += here ? 1 : 0;
    }
    return Arrays.copyOf(result, length);
  }

  /** Adds a word's pairs to the counts, or takes them out again. */
  private void count(Word word, int sign) {
    for (int i = 0; i + 1 < word.tokens.length; i++) {
      Pair pair = new Pair(word.tokens[i], word.tokens[i + 1]);
      Occurrences seen = pairs.computeIfAbsent(pair, p -> new Occurrences());
      seen.count += sign * word.count;
      if (sign > 0) {
        seen.words.add(word);
      } else {
        seen.words.remove(word);
      }
    }
  }

  /** The id of a token. Different pairs may spell the same one: (a, bc) and (ab, c). */
  private int add(String token) {
    return ids.computeIfAbsent(
        token,
        t -> {
          vocabulary.add(t);
          return vocabulary.size() - 1;
        });
  }

  private ObjectNode toJson() {
    var json =
        Resources.json(BpeTrainer.class, "new-tokenizer.json", new TypeReference<ObjectNode>() {});
    ObjectNode entries = (ObjectNode) json.at("/model/vocab");
    for (int id = 0; id < vocabulary.size(); id++) {
      entries.put(vocabulary.get(id), id);
    }
    merges.forEach(((ArrayNode) json.at("/model/merges"))::add);
    return json;
  }
}
