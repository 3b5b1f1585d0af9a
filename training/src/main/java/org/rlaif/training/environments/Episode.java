package org.rlaif.training.environments;

import java.util.List;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;

/**
 * What was said so far.
 *
 * @param id of the example whose prompt it began with
 * @param seed the same for all completions of a prompt that are compared with each other, another
 *     one when the prompt is asked again; of 48 bits
 * @param turns since the prompt, the policy's as assistant; at least one, and the last is the
 *     policy's
 */
public record Episode(String id, long seed, Prompt prompt, List<Message> turns) {
  public Episode {
    turns = List.copyOf(turns);
  }

  /** What the policy has said last, without end-of-text. */
  public String said() {
    return turns.get(turns.size() - 1).content();
  }
}
