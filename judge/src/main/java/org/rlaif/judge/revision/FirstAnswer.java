package org.rlaif.judge.revision;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Json;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Prompt;

/**
 * A prompt and what was answered first.
 *
 * @param completion empty: nobody has answered yet
 * @param author who wrote it; null: it is not known
 */
public record FirstAnswer(String id, Prompt prompt, String completion, @Nullable String author) {
  private static final List<String> KEYS =
      List.of("id", "prompt", "completion", "completions", "authors");

  /** Candidates, of which the first counts; a prompt with its completion; or a prompt alone. */
  private record Row(
      String id,
      Prompt prompt,
      @MayBeAbsent @Nullable String completion,
      @MayBeAbsent @Nullable List<String> completions,
      @MayBeAbsent @Nullable List<String> authors) {}

  /** Reads any of them; what else stands in the row does not count. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static FirstAnswer read(JsonNode json) throws JsonProcessingException {
    require(json.isObject(), "row", Json.excerpt(json), "an object with id and prompt");
    ObjectNode known = json.deepCopy();
    Row row = Json.MAPPER.treeToValue(known.retain(KEYS), Row.class);
    List<String> all = row.completions();
    if (all == null) {
      String completion = row.completion();
      return new FirstAnswer(row.id(), row.prompt(), completion == null ? "" : completion, null);
    }
    require(!all.isEmpty(), "completions", "[]", "at least 1, for " + row.id());
    List<String> authors = row.authors();
    return new FirstAnswer(
        row.id(),
        row.prompt(),
        all.get(0),
        authors == null || authors.isEmpty() ? null : authors.get(0));
  }

  boolean isWritten() {
    return !completion.isEmpty();
  }

  FirstAnswer written(String text, String by) {
    return new FirstAnswer(id, prompt, text, by);
  }
}
