package org.rlaif.model.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.kit.Json;
import org.rlaif.model.Golden;

/**
 * GPT-2's real vocabulary, 50,257 tokens, in our tokenizer and in jtokkit, a Java library that
 * shares no code with it. Hugging Face's file is rebuilt from the ranks inside jtokkit's jar.
 */
final class Gpt2VocabularyTest {
  private static final int END = 50256;

  /** ASCII, Latin to Thai, marks to put over letters, up to kana, Han, Hangul, emoji, and all. */
  private static final int[][] RANGES = {
    {'!', '~'},
    {0xa0, 0xe7f},
    {0x300, 0x36f},
    {0x2000, 0x30ff},
    {0x4e00, 0x9fff},
    {0xac00, 0xd7a3},
    {0x1f300, 0x1faff},
    {1, 0xd7ff}
  };

  private static final List<String> SPACES =
      List.of(
          "", "", " ", "  ", "\n", "\r\n", "\t \n\n ", "\u00a0", "\u2003 ", "\u3000", "'s ", "'LL");

  @TempDir private Path folder;

  @Test
  void givesTheSameIdsAsAnIndependentLibrary() throws IOException {
    Path file = write("<|endoftext|>", "<|padding|>", "<|beginning|>");
    Encoding oracle = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    var texts = new ArrayList<>(Golden.trained().texts());
    texts.add("<|endoftext|> they'll've it's IT'S 3.14159e-26 __init__(self):\n\t\treturn x  ");
    var random = new Random(11);
    for (int i = 0; i < 5000; i++) {
      texts.add(text(random));
    }
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(END, tokenizer.eosId());
      assertEquals(END + 3, tokenizer.vocabularySize());
      for (String text : texts) {
        int[] ids = tokenizer.encode(text);
        assertArrayEquals(oracle.encodeOrdinary(text).toArray(), ids, text);
        assertEquals(text, tokenizer.decode(ids));
      }
    }
  }

  /** Runs of letters, marks, digits, emoji and every kind of white space. */
  private static String text(Random random) {
    var text = new StringBuilder();
    for (int run = 0; run < 8; run++) {
      int[] range = RANGES[random.nextInt(RANGES.length)];
      random
          .ints(1 + random.nextInt(6), range[0], range[1] + 1)
          .filter(Character::isDefined)
          .forEach(text::appendCodePoint);
      text.append(SPACES.get(random.nextInt(SPACES.size())));
    }
    return text.toString();
  }

  /** GPT-2's file knows one special token: no padding, and nothing in front of a text. */
  @Test
  void oneTokenIsTheBeginningAndTheEnd() throws IOException {
    Path file = write("<|endoftext|>");
    Json.write(
        folder.resolve("tokenizer_config.json"),
        Map.of("bos_token", "<|endoftext|>", "eos_token", "<|endoftext|>"));
    try (Tokenizer tokenizer = Tokenizer.open(file)) {
      assertEquals(END, tokenizer.eosId());
      assertEquals(OptionalInt.of(END), tokenizer.bosId());
      assertEquals(OptionalInt.empty(), tokenizer.padId());
      assertEquals(END + 1, tokenizer.vocabularySize());
      assertArrayEquals(tokenizer.encode("Hello"), tokenizer.encodePrompt("Hello"));
      assertEquals(
          "Hello", tokenizer.decode(new int[] {tokenizer.encode("Hello")[0], tokenizer.eosId()}));
    }
  }

  /** A {@code tokenizer.json} like the one on Hugging Face, with special tokens from END on. */
  private Path write(String... special) throws IOException {
    List<String> tokens = tokens();
    var ranks = new HashMap<String, Integer>();
    tokens.forEach(token -> ranks.put(token, ranks.size()));
    ObjectNode json = Json.MAPPER.createObjectNode();
    ArrayNode added = json.putArray("added_tokens");
    for (int i = 0; i < special.length; i++) {
      added
          .addObject()
          .put("id", END + i)
          .put("content", special[i])
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    for (String part : List.of("pre_tokenizer", "decoder")) {
      json.putObject(part)
          .put("type", "ByteLevel")
          .put("add_prefix_space", false)
          .put("trim_offsets", true)
          .put("use_regex", true);
    }
    ObjectNode model = json.putObject("model").put("type", "BPE");
    model.set("vocab", Json.MAPPER.valueToTree(ranks));
    ArrayNode merges = model.putArray("merges");
    tokens.stream().filter(t -> t.length() > 1).forEach(t -> merges.add(lastMerge(t, ranks)));
    Path file = folder.resolve("tokenizer.json");
    Json.write(file, json);
    return file;
  }

  /** The tokens in order of rank, with their bytes written in GPT-2's letters. */
  private static List<String> tokens() throws IOException {
    var resource = Encoding.class.getResourceAsStream("/com/knuddels/jtokkit/r50k_base.tiktoken");
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(resource, "jtokkit's r50k_base"),
                StandardCharsets.US_ASCII))) {
      return lines
          .lines()
          .map(line -> letters(Base64.getDecoder().decode(line.substring(0, line.indexOf(' ')))))
          .toList();
    }
  }

  private static String letters(byte[] bytes) {
    var text = new StringBuilder();
    for (byte b : bytes) {
      text.append(ByteAlphabet.letter(b & 0xff));
    }
    return text.toString();
  }

  /** The pair that a token was merged from: what lower ranks alone leave of it. */
  private static String lastMerge(String token, Map<String, Integer> ranks) {
    var parts = new ArrayList<>(Arrays.asList(token.split("")));
    while (parts.size() > 2) {
      int best = 0;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < parts.size(); i++) {
        int rank = ranks.getOrDefault(parts.get(i) + parts.get(i + 1), Integer.MAX_VALUE);
        if (rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      parts.set(best, parts.get(best) + parts.remove(best + 1));
    }
    return String.join(" ", parts);
  }
}
