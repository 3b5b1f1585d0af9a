package org.rlaif.kit;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A prompt and the completion that is to be learned.
 *
 * @param completion empty: there is none, the prompt is all that is known
 * @param everyTurn whether all that the assistant has said in the prompt is to be learned as well,
 *     or all of a prompt that is a text; JSON without it means the completion alone
 */
public record Example(
    String id,
    Prompt prompt,
    String completion,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean everyTurn) {
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
}
