package org.rlaif.judge;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;

/**
 * One kind of judge: a record of the settings that are its own, which opens itself and refuses what
 * cannot be. A new kind is such a record, with its name in a {@link
 * com.fasterxml.jackson.annotation.JsonTypeName}, beside its {@link Judge}; and a line in {@code
 * JudgeConfig}. Kinds may share a key of the configuration: it means the same to all of them.
 */
public interface JudgeKind {

  /**
   * What a judge finds where it is opened.
   *
   * @param seed of its noise, if it has any
   * @param ownServer opens a client, with that time limit, of the server to use where the settings
   *     have no address; null: there is none
   * @param answers the file in which answers that cost something are kept, each before it counts,
   *     so that none is asked for twice; null: they are not kept
   */
  record Opening(
      long seed, @Nullable Function<Duration, RlaifClient> ownServer, @Nullable Path answers) {}

  /** Opens a judge with these principles. Nothing is sent before the first question. */
  Judge open(Rubric rubric, Opening opening);

  /**
   * The same with nothing in it that decides no answer: how long one waits, how many questions are
   * asked at a time, and by whose key.
   */
  JudgeKind decisive();

  /** The Mustache files that put its questions, but for those that are shipped. */
  default List<String> templates() {
    return List.of();
  }

  /** Whether it can say what one completion is worth by itself. */
  default boolean rates() {
    return false;
  }

  /** Whether its answers are computed from its settings alone, so that it can be asked again. */
  default boolean computesAnswers() {
    return false;
  }

  /** Whether it wants the server that its {@link Opening} has. */
  default boolean servedHere() {
    return false;
  }

  /** What that server is to serve for it; null: it was not said. */
  default @Nullable String model() {
    return null;
  }

  /** The same, where that model has this name on that server. */
  default JudgeKind servedAs(String name) {
    return this;
  }
}
