package org.rlaif.judge;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.UserError;

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
      long seed, @Nullable Function<Duration, RlaifClient> ownServer, @Nullable Path answers) {

    /**
     * A client of the server at an address, which is shown the environment's token; of the own
     * server without one.
     *
     * @param tls how the address is known, and what it is shown
     * @param timeoutSeconds for one answer
     */
    RlaifClient client(@Nullable String address, Tls tls, int timeoutSeconds) {
      UserError.require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
      Duration timeout = Duration.ofSeconds(timeoutSeconds);
      if (address == null && ownServer != null) {
        return ownServer.apply(timeout);
      }
      String server = UserError.given("address", address, "host:port of a server");
      try {
        var credentials = new Credentials(tls, System.getenv(Credentials.TOKEN));
        return RlaifClient.open(server, timeout, credentials);
      } catch (IllegalArgumentException e) {
        throw new UserError("judge: " + server + ": " + e.getMessage(), e);
      }
    }
  }

  /** Opens a judge with these principles. Nothing is sent before the first question. */
  Judge open(Rubric rubric, Opening opening);

  /**
   * The same with nothing in it that decides no answer: how long one waits, how many questions are
   * asked at a time, and by whose key.
   */
  JudgeKind decisive();

  /** The files that are set and decide its answers, by the keys that set them. */
  default Map<String, String> files() {
    return Map.of();
  }

  /** The constitutions that it judges by, in the rubric's place; perhaps none. */
  default List<Constitution> principles() {
    return List.of();
  }

  /** Whether it can say what one completion is worth by itself. */
  default boolean rates() {
    return false;
  }

  /** Whether it can say in words what is good and bad about a completion. */
  default boolean critiques() {
    return false;
  }

  /** Whether its answers are computed from its settings alone, so that it can be asked again. */
  default boolean computesAnswers() {
    return false;
  }

  /**
   * Whether it says the same to the last bit when it is asked again: its answers are computed, from
   * its settings or by a model that is served with fixed weights.
   */
  default boolean canBeAskedAgain() {
    return computesAnswers();
  }

  /** Whether it wants the server that its {@link Opening} has. */
  default boolean servedHere() {
    return false;
  }

  /** Whether what that server is to serve for it is a reward model, not a language model. */
  default boolean asksRewardModel() {
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
