package org.rlaif.serving.queue;

import org.rlaif.kit.UserError;

/**
 * Who may wait.
 *
 * @param sequences that may wait per model, to be sampled, and as many to be scored
 * @param perClient how many of them may be one client's
 */
public record QueueConfig(int sequences, int perClient) {
  public QueueConfig {
    UserError.require(sequences >= 1, "maxQueue", sequences, ">= 1");
    UserError.require(
        perClient >= 1 && perClient <= sequences,
        "max-queue-per-client",
        perClient,
        "from 1 to " + sequences);
  }
}
