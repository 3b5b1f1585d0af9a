package org.rlaif.model.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    @Nullable ObjectNode config) {
  /** Names of our own tokenizers, and of others that name none. */
  static final String PADDING = "<|padding|>";

  static final String END = "<|endoftext|>";
  static final String BEGINNING = "<|beginning|>";

  record Token(String content, int id) {}

  /** Those of a new tokenizer. */
  static SpecialTokens ours() {
    return new SpecialTokens(
        new Token(PADDING, 0), new Token(END, 1), new Token(BEGINNING, 2), List.of(1), null);
  }

  /**
   * Takes the names from {@code tokenizer_config.json} beside the tokenizer where it has them, else
   * our own names where the tokenizer knows them. What ends a completion is in {@code
   * generation_config.json}, else in {@code config.json}; there is the padding, too, if it has no
   * name.
   */
  static SpecialTokens of(Path tokenizerJson, JsonNode tokenizer) {
    ObjectNode config = beside(tokenizerJson, "tokenizer_config.json");
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
    if (config != null) {
      return config.deepCopy().put("model_max_length", contextLength);
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

  /** The entries of {@code added_tokens} for a new tokenizer. */
  ArrayNode addedTokens() {
    ArrayNode added = Json.MAPPER.createArrayNode();
    Stream.of(padding, end, beginning)
        .filter(Objects::nonNull)
        .forEach(
            token ->
                added
                    .addObject()
                    .put("id", token.id())
                    .put("content", token.content())
                    .put("single_word", false)
                    .put("lstrip", false)
                    .put("rstrip", false)
                    .put("normalized", false)
                    .put("special", true));
    return added;
  }

  /** The {@code post_processor} that lets every library put the beginning token before a text. */
  ObjectNode postProcessor() {
    Token first = Objects.requireNonNull(beginning, "the beginning token");
    ObjectNode json = Json.MAPPER.createObjectNode().put("type", "TemplateProcessing");
    ArrayNode single = json.putArray("single");
    put(single, "SpecialToken", first.content(), 0);
    put(single, "Sequence", "A", 0);
    ArrayNode pair = json.putArray("pair");
    put(pair, "SpecialToken", first.content(), 0);
    put(pair, "Sequence", "A", 0);
    put(pair, "Sequence", "B", 1);
    ObjectNode token = json.putObject("special_tokens").putObject(first.content());
    token.put("id", first.content());
    token.putArray("ids").add(first.id());
    token.putArray("tokens").add(first.content());
    return json;
  }

  private static void put(ArrayNode template, String kind, String id, int type) {
    template.addObject().putObject(kind).put("id", id).put("type_id", type);
  }

  private static @Nullable ObjectNode beside(Path tokenizerJson, String name) {
    Path file = tokenizerJson.resolveSibling(name);
    return Files.exists(file) ? Json.object(file) : null;
  }

  /** The {@code eos_token_id} of a configuration: absent, a number, or a list. */
  private static List<Integer> ends(@Nullable ObjectNode config) {
    var ends = new ArrayList<Integer>();
    if (config != null && config.hasNonNull("eos_token_id")) {
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
      Path file, @Nullable JsonNode config, String key, Map<String, Integer> ids) {
    if (config == null || !config.hasNonNull(key)) {
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
  private static @Nullable Token identified(
      @Nullable JsonNode config, String key, Map<String, Integer> ids) {
    return config == null || !config.path(key).isIntegralNumber()
        ? null
        : identified(config.path(key).asInt(), ids);
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
