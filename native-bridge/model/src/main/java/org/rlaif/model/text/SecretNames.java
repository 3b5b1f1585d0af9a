package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.SecureRandom;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.rlaif.model.jinja.Text;

/**
 * Special tokens under names that nobody can type. The library finds added tokens in any text, so
 * it is given other names for the special ones, drawn anew for every tokenizer; everything else
 * about them, above all their ids, stays as the file has it.
 */
final class SecretNames {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String secret;
  private final Map<String, Integer> byContent = new HashMap<>();
  private final BitSet ids = new BitSet();
  private final Pattern any;

  /**
   * Renames the special tokens inside a {@code tokenizer.json}.
   *
   * @param ends ids that end a completion: special, whatever the file says of them
   */
  SecretNames(ObjectNode json, Collection<Integer> ends) {
    byte[] random = new byte[16];
    RANDOM.nextBytes(random);
    secret = "q" + HexFormat.of().formatHex(random) + "q";
    ObjectNode model = (ObjectNode) json.path("model");
    ObjectNode vocabulary = (ObjectNode) model.path("vocab");
    for (JsonNode added : json.path("added_tokens")) {
      ObjectNode token = (ObjectNode) added;
      String content = token.path("content").asText();
      int id = token.path("id").asInt();
      if (token.path("special").asBoolean() || ends.contains(id)) {
        byContent.put(content, id);
        ids.set(id);
        token.put("content", name(id));
        vocabulary.remove(content);
        if (content.equals(model.path("unk_token").asText(null))) {
          model.put("unk_token", name(id));
        }
        content = name(id);
      }
      // Without an entry of the vocabulary, tokens are numbered as they come.
      vocabulary.put(content, id);
    }
    any =
        Pattern.compile(
            byContent.keySet().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.joining("|")));
  }

  /** What all of these names begin with, and nothing else does. */
  String prefix() {
    return secret;
  }

  boolean isSpecial(int id) {
    return ids.get(id);
  }

  /**
   * A text for the library, and which char of the original each code point of it stands for; the
   * last entry is its length.
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Named(String text, int[] origins) {}

  /** Secret names for the special tokens that a template wrote; what it was given stays text. */
  Named name(Text text) {
    String letters = text.toString();
    var named = new StringBuilder();
    var origins = IntStream.builder();
    int done = 0;
    int from = 0;
    Matcher matcher = any.matcher(letters);
    while (!byContent.isEmpty() && matcher.find(from)) {
      int start = matcher.start();
      from = start + 1;
      if (!given(text, start, matcher.end())) {
        from = matcher.end();
        copy(letters, done, start, named, origins);
        String name = name(byContent.getOrDefault(matcher.group(), -1));
        named.append(name);
        IntStream.range(0, name.length()).forEach(i -> origins.add(start));
        done = matcher.end();
      }
    }
    copy(letters, done, letters.length(), named, origins);
    origins.add(letters.length());
    return new Named(named.toString(), origins.build().toArray());
  }

  private static void copy(
      String letters, int from, int to, StringBuilder named, IntStream.Builder origins) {
    named.append(letters, from, to);
    for (int i = from; i < to; i += Character.charCount(letters.codePointAt(i))) {
      origins.add(i);
    }
  }

  private static boolean given(Text text, int from, int to) {
    return IntStream.range(from, to).anyMatch(text::isGiven);
  }

  private String name(int id) {
    return secret + id + "q";
  }
}
