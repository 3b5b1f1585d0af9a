package org.rlaif.judge;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.UserError;

/** Makes the judge that a configuration asks for. */
public final class JudgeFactory {
  private JudgeFactory() {}

  /**
   * Opens a judge; close it when its last question is answered. Nothing is sent before the first.
   *
   * @param seed of a rubric judge's noise
   * @param ownServer opens a client, with that time limit, of the server to use for a model if the
   *     configuration has no address; null if there is none
   * @param answers the file in which an endpoint's answers are kept, each before it counts, so that
   *     none is asked for twice; null: they are not kept
   */
  public static Judge open(
      JudgeConfig config,
      long seed,
      @Nullable Function<Duration, RlaifClient> ownServer,
      @Nullable Path answers) {
    Rubric rubric = Rubric.load(config.rubric());
    Duration timeout = Duration.ofSeconds(config.timeoutSeconds());
    return switch (config.kind()) {
      case RUBRIC ->
          new RubricJudge(
              rubric,
              new JudgeSettings(config.noise(), config.positionBias(), config.temperature(), seed));
      case MODEL -> {
        String model = given("model", config.model(), "the name of a model that is served there");
        JudgePrompt prompt = prompt(config, rubric);
        yield new LanguageModelJudge(
            server(config, timeout, ownServer), model, prompt, config.chat());
      }
      case ENDPOINT ->
          EndpointJudge.open(
              config.endpoint(), prompt(config, rubric), timeout, System::getenv, answers);
    };
  }

  /** The token for another server is the environment's. */
  private static RlaifClient server(
      JudgeConfig config, Duration timeout, @Nullable Function<Duration, RlaifClient> ownServer) {
    if (config.address() == null && ownServer != null) {
      return ownServer.apply(timeout);
    }
    String address = given("address", config.address(), "host:port of a server");
    try {
      var credentials = new Credentials(config.tls(), System.getenv(Credentials.TOKEN));
      return RlaifClient.open(address, timeout, credentials);
    } catch (IllegalArgumentException e) {
      throw new UserError("judge: " + address + ": " + e.getMessage(), e);
    }
  }

  private static JudgePrompt prompt(JudgeConfig config, Rubric rubric) {
    String template = config.template();
    return template == null
        ? JudgePrompt.shipped(rubric.preamble())
        : JudgePrompt.read(Path.of(template), rubric.preamble());
  }

  static String given(String name, @Nullable String value, String expectation) {
    if (value == null || value.isBlank()) {
      throw UserError.expected(name, value, expectation);
    }
    return value.strip();
  }
}
