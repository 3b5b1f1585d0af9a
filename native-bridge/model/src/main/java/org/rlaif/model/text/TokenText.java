package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The bytes that each token adds to a text. Bytes, since a character may be spread over several
 * tokens: those of a byte-level vocabulary, which spells them in the letters of {@link
 * ByteAlphabet}, and those that SentencePiece falls back to, {@code <0x00>} to {@code <0xFF>}. What
 * the decoder does beyond that, such as to leave out the space that a text begins with, the library
 * is asked for, token by token and once.
 */
final class TokenText {
  private static final Pattern BYTE = Pattern.compile("<0x([0-9A-F]{2})>");

  private final Function<int[], String> decode;
  private final boolean byteLevel;
  private final AtomicReferenceArray<byte[]> inside;
  private final AtomicReferenceArray<byte[]> first;

  /** What others are decoded behind, and its text; empty if there is nothing. */
  private final int[] anchor;

  private final String anchorText;

  /**
   * @param json a {@code tokenizer.json}
   * @param size one more than its highest id
   * @param anchor tokens of any text
   * @param decode the library, which knows no more than ids
   */
  TokenText(JsonNode json, int size, int[] anchor, Function<int[], String> decode) {
    this.decode = decode;
    this.inside = new AtomicReferenceArray<>(size);
    this.first = new AtomicReferenceArray<>(size);
    this.byteLevel = hasDecoder(json.path("decoder"), "ByteLevel");
    boolean byteFallback = hasDecoder(json.path("decoder"), "ByteFallback");
    JsonNode vocabulary = json.path("model").path("vocab");
    for (Map.Entry<String, JsonNode> token : vocabulary.properties()) {
      Matcher fallback = BYTE.matcher(token.getKey());
      if (byteLevel) {
        inside.set(token.getValue().asInt(), spelled(token.getKey()));
      } else if (byteFallback && fallback.matches()) {
        byte[] one = {(byte) Integer.parseInt(fallback.group(1), 16)};
        inside.set(token.getValue().asInt(), one);
        first.set(token.getValue().asInt(), one);
      }
    }
    this.anchor = anchor;
    this.anchorText = anchor.length == 0 ? "" : decode.apply(anchor);
  }

  /** What a token adds to a text; to be read only. */
  byte[] bytes(int id, boolean begins) {
    AtomicReferenceArray<byte[]> known = begins && !byteLevel ? first : inside;
    byte[] bytes = known.get(id);
    if (bytes == null) {
      bytes = ask(id, begins).getBytes(StandardCharsets.UTF_8);
      known.set(id, bytes);
    }
    return bytes;
  }

  private String ask(int id, boolean begins) {
    if (!begins && !anchorText.isEmpty()) {
      int[] behind = Arrays.copyOf(anchor, anchor.length + 1);
      behind[anchor.length] = id;
      String text = decode.apply(behind);
      if (text.startsWith(anchorText)) {
        return text.substring(anchorText.length());
      }
    }
    return decode.apply(new int[] {id});
  }

  private static boolean hasDecoder(JsonNode decoder, String type) {
    if (decoder.path("type").asText().equals(type)) {
      return true;
    }
    for (JsonNode each : decoder.path("decoders")) {
      if (hasDecoder(each, type)) {
        return true;
      }
    }
    return false;
  }

  /** The bytes that a token's letters stand for; a token with other letters is text. */
  private static byte[] spelled(String token) {
    var bytes = new ByteArrayOutputStream(token.length());
    for (int i = 0; i < token.length(); i++) {
      int value = ByteAlphabet.value(token.charAt(i));
      if (value < 0) {
        return token.getBytes(StandardCharsets.UTF_8);
      }
      bytes.write(value);
    }
    return bytes.toByteArray();
  }
}
