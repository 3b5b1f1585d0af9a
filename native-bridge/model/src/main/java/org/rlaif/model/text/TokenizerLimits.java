package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.rlaif.kit.UserError;

/**
 * What a {@code tokenizer.json} may make of a text. Whoever encodes or decodes cannot be stopped,
 * so what could multiply is looked at before it is used: replacements in the normalizer and the
 * decoder, what is put before texts, the special tokens around them, and patterns that try a text
 * in ever more ways.
 */
final class TokenizerLimits {
  /** Llama 2 makes three bytes of a blank, and a letter becomes eighteen at most by NFKD. */
  private static final long MOST_GROWTH = 64;

  /** Of what is put before a text, in bytes, and around it, in tokens. */
  private static final int MOST_AROUND = 64;

  private TokenizerLimits() {}

  /**
   * A {@link UserError} says what would multiply a text.
   *
   * @param json the file's content
   */
  static void check(Path file, JsonNode json) {
    for (String part : new String[] {"normalizer", "decoder"}) {
      long growth = growth(file + ", " + part, json.path(part));
      UserError.require(
          growth <= MOST_GROWTH,
          file + ", " + part,
          "a byte may become " + growth,
          "at most " + MOST_GROWTH);
    }
    for (String part : new String[] {"normalizer", "pre_tokenizer", "decoder"}) {
      for (JsonNode pattern : json.path(part).findValues("Regex")) {
        patient(file + ", " + part, pattern.asText());
      }
    }
    around(file, json.path("post_processor"));
  }

  private static void patient(String name, String pattern) {
    UserError.require(
        PatternCost.bits(pattern) <= PatternCost.MOST_BITS,
        name,
        "the pattern " + (pattern.length() > 200 ? pattern.substring(0, 200) + "..." : pattern),
        "one that no text makes try more than ten million ways: no repeat within another or behind"
            + " another, where what follows may fail");
  }

  /** Bytes that one byte may become by all replacements, one after the other. */
  private static long growth(String name, JsonNode step) {
    long growth = 1;
    for (String steps : new String[] {"normalizers", "decoders"}) {
      for (JsonNode each : step.path(steps)) {
        growth = Math.min(growth * growth(name, each), Integer.MAX_VALUE);
      }
    }
    long prepended = bytes(step.path("prepend"));
    UserError.require(
        prepended <= MOST_AROUND,
        name,
        prepended + " bytes before every text",
        "at most " + MOST_AROUND);
    if (!step.path("type").asText().equals("Replace")) {
      return growth;
    }
    // A pattern may match nothing at all, and so between all bytes.
    long replaced = Math.max(1, bytes(step.path("pattern").path("String")));
    boolean fixed = step.path("pattern").has("String");
    long content = bytes(step.path("content"));
    long each = fixed ? (content + replaced - 1) / replaced : content + 1;
    return Math.min(growth * Math.max(1, each), Integer.MAX_VALUE);
  }

  private static long bytes(JsonNode text) {
    return text.asText("").getBytes(StandardCharsets.UTF_8).length;
  }

  private static void around(Path file, JsonNode processor) {
    for (JsonNode each : processor.path("processors")) {
      around(file, each);
    }
    for (String form : new String[] {"single", "pair"}) {
      few(file, form, processor.path(form).size());
    }
    for (JsonNode token : processor.path("special_tokens")) {
      few(file, "special token", token.path("ids").size());
    }
  }

  private static void few(Path file, String what, int count) {
    UserError.require(
        count <= MOST_AROUND,
        file + ", post_processor, " + what,
        count + " tokens",
        "at most " + MOST_AROUND);
  }
}
