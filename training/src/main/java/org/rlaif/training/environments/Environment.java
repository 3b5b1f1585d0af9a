package org.rlaif.training.environments;

import java.util.List;

/**
 * Answers what a policy says. It keeps nothing between calls: each brings whole episodes, so that a
 * run which is stopped and goes on is the same as one that is not. Whatever is drawn by chance is
 * drawn from an episode's seed.
 */
@FunctionalInterface
public interface Environment extends AutoCloseable {
  /** What follows each episode, in their order: a message or more, or its end with a reward. */
  List<Reply> reply(List<Episode> episodes);

  /**
   * What the policy may call: JSON schemas of functions, such as {@code {"type": "function",
   * "function": {"name": "look_up", …}}}, which the chat template writes into the prompt.
   */
  default List<String> tools() {
    return List.of();
  }

  @Override
  default void close() {}
}
