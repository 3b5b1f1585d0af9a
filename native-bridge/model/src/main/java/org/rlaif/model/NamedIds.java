package org.rlaif.model;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/** The token ids that the small files of a model folder name: all of them are the network's. */
final class NamedIds {
  private static final List<String> FILES = List.of("config.json", "generation_config.json");

  private NamedIds() {}

  /**
   * Refuses the first id that the network does not know.
   *
   * @param vocabularySize ids that it knows
   */
  static void check(Path folder, int vocabularySize) {
    for (String name : FILES) {
      JsonNode json = Json.objectIfAny(folder.resolve(name));
      for (Map.Entry<String, JsonNode> each : json.properties()) {
        if (each.getKey().endsWith("_token_id")) {
          JsonNode value = each.getValue();
          for (JsonNode id : value.isArray() ? value : Json.MAPPER.createArrayNode().add(value)) {
            // Llama's first configurations say -1 where there is no padding.
            boolean none = id.isNull() || id.asInt() == -1;
            require(none, id, folder.resolve(name) + ", " + each.getKey(), vocabularySize);
          }
        }
      }
    }
    Path tokenizer = folder.resolve("tokenizer_config.json");
    JsonNode added = Json.objectIfAny(tokenizer).path("added_tokens_decoder");
    for (Iterator<String> ids = added.fieldNames(); ids.hasNext(); ) {
      String id = ids.next();
      // A key that is no number is no id.
      JsonNode number =
          Json.MAPPER
              .getNodeFactory()
              .numberNode(id.matches("-?\\d{1,18}") ? Long.parseLong(id) : -1L);
      require(false, number, tokenizer + ", added_tokens_decoder", vocabularySize);
    }
  }

  private static void require(boolean none, JsonNode id, String name, int vocabularySize) {
    UserError.require(
        none
            || (id.isIntegralNumber()
                && id.canConvertToInt()
                && id.intValue() >= 0
                && id.intValue() < vocabularySize),
        name,
        id,
        "from 0 to " + (vocabularySize - 1) + ", the ids of vocab_size");
  }
}
