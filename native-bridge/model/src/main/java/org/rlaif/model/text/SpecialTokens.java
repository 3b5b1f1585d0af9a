package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * The special tokens of a tokenizer that have a part to play. Only the end token must exist; one
 * token may play several parts, as GPT-2's {@code <|endoftext|>} does.
 *
 * @param end ends the completions that we write
 * @param ends all ids that end a completion, the lowest first
 * @param config {@code tokenizer_config.json} as it was found, if it was
 */
record SpecialTokens(
    @Nullable Token padding,
    Token end,
    @Nullable Token beginning,
    List<Integer> ends,
    JsonNode config) {
  /** Names of our own tokenizers, and of others that name none. */
  static final String PADDING = "<|padding|>";

  static final String END = "<|endoftext|>";
  static final String BEGINNING = "<|beginning|>";

  record Token(String content, int id) {}

  /**
   * Takes the names from {@code tokenizer_config.json} beside the tokenizer where it has them, else
   * our own names where the tokenizer knows them. What ends a completion is in {@code
   * generation_config.json}, else in {@code config.json}; there is the padding, too, if it has no
   * name.
   */
  static SpecialTokens of(Path tokenizerJson, JsonNode tokenizer) {
    JsonNode config = beside(tokenizerJson, "tokenizer_config.json");
    var ids = new HashMap<String, Integer>();
    for (JsonNode added : tokenizer.path("added_tokens")) {
      ids.put(added.path("content").asText(), added.path("id").asInt());
    }
    List<Integer> ends =
        Stream.of("generation_config.json", "config.json")
            .map(name -> ends(beside(tokenizerJson, name)))
            .filter(found -> !found.isEmpty())
            .findFirst()
            .orElse(List.of());
    Token end = named(tokenizerJson, config, "eos_token", ids);
    if (end == null && !ends.isEmpty()) {
      end = identified(ends.get(0), ids);
    }
    if (end == null) {
      end = usual(END, ids);
    }
    if (end == null) {
      throw UserError.expected(
          tokenizerJson + ", eos_token",
          null,
          "a name in tokenizer_config.json, an eos_token_id in generation_config.json, or "
              + END
              + " among its added_tokens, which are "
              + ids.keySet());
    }
    var all = new TreeSet<>(ends);
    all.add(end.id());
    Token padding = named(tokenizerJson, config, "pad_token", ids);
    if (padding == null) {
      padding = identified(beside(tokenizerJson, "config.json"), "pad_token_id", ids);
    }
    Token beginning = named(tokenizerJson, config, "bos_token", ids);
    return new SpecialTokens(
        padding == null ? usual(PADDING, ids) : padding,
        end,
        beginning == null ? usual(BEGINNING, ids) : beginning,
        List.copyOf(all),
        config);
  }

  /**
   * Hugging Face's {@code tokenizer_config.json}: the one that was found, or a new one.
   *
   * @param beginsTexts whether the tokenizer puts the beginning token before a text; clients in
   *     JavaScript leave it off unless this file says so, too
   */
  ObjectNode toJson(int contextLength, boolean beginsTexts) {
    if (config instanceof ObjectNode found) {
      return found.deepCopy().put("model_max_length", contextLength);
    }
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("tokenizer_class", "PreTrainedTokenizerFast");
    json.put("pad_token", padding == null ? null : padding.content());
    json.put("eos_token", end.content());
    json.put("bos_token", beginning == null ? null : beginning.content());
    return json.put("add_bos_token", beginsTexts)
        .put("add_prefix_space", false)
        .put("clean_up_tokenization_spaces", false)
        .put("padding_side", "right")
        .put("model_max_length", contextLength);
  }

  private static JsonNode beside(Path tokenizerJson, String name) {
    return Json.objectIfAny(tokenizerJson.resolveSibling(name));
  }

  /** The {@code eos_token_id} of a configuration: absent, a number, or a list. */
  private static List<Integer> ends(JsonNode config) {
    var ends = new ArrayList<Integer>();
    if (config.hasNonNull("eos_token_id")) {
      JsonNode value = config.path("eos_token_id");
      for (JsonNode id : value.isArray() ? value : Json.MAPPER.createArrayNode().add(value)) {
        if (!id.canConvertToInt() || !id.isIntegralNumber() || id.intValue() < 0) {
          throw UserError.expected("eos_token_id", value, "a token id, or a list of them");
        }
        ends.add(id.intValue());
      }
    }
    return ends;
  }

  /** The token that the configuration names, which the tokenizer must know. */
  private static @Nullable Token named(
      Path file, JsonNode config, String key, Map<String, Integer> ids) {
    if (!config.hasNonNull(key)) {
      return null;
    }
    JsonNode named = config.path(key); // a string, or an object with its content
    String name = named.path("content").asText(named.asText());
    Token token = usual(name, ids);
    if (token == null) {
      throw UserError.expected(
          file + ", " + key, name, "one of its added_tokens, which are " + ids.keySet());
    }
    return token;
  }

  /** The added token whose id a configuration has; an ordinary one plays no part. */
  private static @Nullable Token identified(JsonNode config, String key, Map<String, Integer> ids) {
    return config.path(key).isIntegralNumber() ? identified(config.path(key).asInt(), ids) : null;
  }

  private static @Nullable Token identified(int id, Map<String, Integer> ids) {
    return ids.entrySet().stream()
        .filter(entry -> entry.getValue() == id)
        .map(entry -> new Token(entry.getKey(), id))
        .findFirst()
        .orElse(null);
  }

  private static @Nullable Token usual(String name, Map<String, Integer> ids) {
    Integer id = ids.get(name);
    return id == null ? null : new Token(name, id);
  }
}
