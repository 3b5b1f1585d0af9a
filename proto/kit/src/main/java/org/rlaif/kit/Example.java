package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * A prompt and the completion that is to be learned.
 *
 * @param completion empty: there is none, the prompt is all that is known
 * @param everyTurn whether all that the assistant has said in the prompt is to be learned as well;
 *     JSON without it means the completion alone
 */
public record Example(
    String id,
    Prompt prompt,
    String completion,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean everyTurn) {
  private static final String EVERY_TURN = "everyTurn";

  /** All keys, as Jackson wants them. */
  private record Row(String id, Prompt prompt, String completion, boolean everyTurn) {}

  public Example {
    require(!prompt.transcript().isEmpty(), "prompt", "\"\"", "text, in the example " + id);
  }

  public Example(String id, Prompt prompt, String completion) {
    this(id, prompt, completion, false);
  }

  /** Whether there is something to learn, or to compare with. */
  public boolean hasCompletion() {
    return !completion.isEmpty();
  }

  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Example read(ObjectNode json) throws JsonProcessingException {
    if (!json.has(EVERY_TURN)) {
      json.put(EVERY_TURN, false);
    }
    Row row = Json.MAPPER.treeToValue(json, Row.class);
    return new Example(row.id, row.prompt, row.completion, row.everyTurn);
  }
}
