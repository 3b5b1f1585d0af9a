package org.rlaif.training.environments;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.kit.Json;

/**
 * A function that a policy calls, as most chat templates teach it: {@code {"name": …, "arguments":
 * {…}}}, or {@code parameters} instead, as Llama's do.
 *
 * @param arguments an object
 */
public record ToolCall(String name, JsonNode arguments) {
  /** Reads one value, whatever stands behind it. */
  private static final ObjectReader ONE =
      Json.MAPPER.readerFor(JsonNode.class).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /**
   * All calls in what a policy has said, in their order: whatever stands around them, such as
   * {@code <tool_call>} and its end, or other text. Objects that are no calls are passed over.
   */
  public static List<ToolCall> in(String said) {
    List<ToolCall> calls = new ArrayList<>();
    int at = said.indexOf('{');
    while (at >= 0) {
      int end = at + 1;
      try (JsonParser parser = Json.MAPPER.createParser(said.substring(at))) {
        JsonNode json = ONE.readTree(parser);
        end = at + (int) parser.currentLocation().getCharOffset();
        JsonNode arguments = json.path(json.has("arguments") ? "arguments" : "parameters");
        if (json.path("name").isTextual() && arguments.isObject()) {
          calls.add(new ToolCall(json.path("name").textValue(), arguments));
        }
      } catch (JsonProcessingException e) {
        end = at + 1; // text in braces that is no JSON
      } catch (IOException e) {
        throw new UncheckedIOException(e); // a text cannot fail to be read
      }
      at = said.indexOf('{', end);
    }
    return List.copyOf(calls);
  }
}
