package org.rlaif.training.environments;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.UserError;

/**
 * What follows a turn of the policy.
 *
 * @param messages that the policy reads before its next turn; none if the episode has ended
 * @param reward what the episode was worth, NaN if nobody knows; null: it goes on
 */
public record Reply(List<Message> messages, @Nullable Double reward) {
  public Reply {
    messages = List.copyOf(messages);
    UserError.require(
        messages.isEmpty() == (reward != null),
        "reply of the environment",
        reward == null ? "nothing" : messages.size() + " messages and a reward",
        "messages, or a reward");
  }

  /** The episode goes on with this. */
  public static Reply say(Message... messages) {
    return new Reply(List.of(messages), null);
  }

  /** The episode ends, and was worth this. */
  public static Reply end(double reward) {
    return new Reply(List.of(), reward);
  }
}
