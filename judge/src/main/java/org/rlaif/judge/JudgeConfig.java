package org.rlaif.judge;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Tls;
import org.rlaif.kit.ConfigFiles;

/**
 * Which judge, and how it is made up. The commented defaults are in {@code judge.yaml}.
 *
 * @param rubric a shipped name or a YAML file
 * @param noise see {@link JudgeSettings}; this and the next two are for {@link Kind#RUBRIC} only
 * @param template a Mustache file for {@link Kind#MODEL} and {@link Kind#ENDPOINT}; null: as
 *     shipped
 * @param timeoutSeconds for one answer of {@link Kind#MODEL} or {@link Kind#ENDPOINT}
 * @param address {@code host:port} of the server of {@link Kind#MODEL}; null: the run's own
 * @param tls how {@code address} is known, and what it is shown; the token is the environment's
 * @param model name of the model on that server
 * @param chat whether a {@link Kind#MODEL} that has a chat template is asked through it
 */
public record JudgeConfig(
    Kind kind,
    String rubric,
    double noise,
    double positionBias,
    double temperature,
    @Nullable String template,
    int timeoutSeconds,
    @Nullable String address,
    Tls tls,
    @Nullable String model,
    boolean chat,
    Endpoint endpoint) {

  /** Who answers. */
  public enum Kind {
    @JsonProperty("rubric")
    RUBRIC,
    @JsonProperty("model")
    MODEL,
    @JsonProperty("endpoint")
    ENDPOINT;

    /** An {@link IllegalArgumentException} names them all. */
    @JsonCreator
    static Kind of(String name) {
      return switch (name) {
        case "rubric" -> RUBRIC;
        case "model" -> MODEL;
        case "endpoint" -> ENDPOINT;
        default ->
            throw new IllegalArgumentException(name + " (expected: rubric, model or endpoint)");
      };
    }
  }

  /**
   * An OpenAI-compatible endpoint.
   *
   * @param url base URL, to which {@code /chat/completions} is added
   * @param keyVariable the environment variable that holds the API key; null: no key is sent
   * @param maxTokens tokens an answer may have
   * @param concurrency questions asked at the same time
   * @param attempts how often a question is put in any case before it is given up
   * @param patienceSeconds how long the endpoint may leave every question unanswered
   */
  public record Endpoint(
      @Nullable String url,
      @Nullable String model,
      @Nullable String keyVariable,
      int maxTokens,
      int concurrency,
      int attempts,
      int patienceSeconds) {
    public Endpoint {
      // Who puts the key itself here does not want to see it in a message or a file.
      require(
          keyVariable == null || keyVariable.matches("[A-Za-z_][A-Za-z0-9_]*|\\s*"),
          "endpoint.keyVariable",
          "not shown",
          "the name of an environment variable that holds the API key");
      require(maxTokens >= 1 && maxTokens <= 65_536, "endpoint.maxTokens", maxTokens, "1 to 65536");
      require(
          concurrency >= 1 && concurrency <= 256, "endpoint.concurrency", concurrency, "1 to 256");
      require(attempts >= 1, "endpoint.attempts", attempts, ">= 1");
      require(patienceSeconds >= 0, "endpoint.patienceSeconds", patienceSeconds, ">= 0");
    }
  }

  public JudgeConfig {
    new JudgeSettings(noise, positionBias, temperature, 0); // refuses what cannot be
    require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
  }

  /** The same on the run's own server, where the model has that name. */
  public JudgeConfig servedAs(String model) {
    return new JudgeConfig(
        kind,
        rubric,
        noise,
        positionBias,
        temperature,
        template,
        timeoutSeconds,
        /* address= */ null,
        Tls.NONE,
        model,
        chat,
        endpoint);
  }

  /**
   * The same with nothing in it that decides no answer: how long one waits, how many questions are
   * asked at a time, and by whose key.
   */
  public JudgeConfig decisive() {
    return new JudgeConfig(
        kind,
        rubric,
        noise,
        positionBias,
        temperature,
        template,
        /* timeoutSeconds= */ 1,
        address,
        Tls.NONE,
        model,
        chat,
        new Endpoint(
            endpoint.url(),
            endpoint.model(),
            /* keyVariable= */ null,
            endpoint.maxTokens(),
            /* concurrency= */ 1,
            /* attempts= */ 1,
            /* patienceSeconds= */ 0));
  }

  /**
   * Loads a configuration.
   *
   * @param file the differences from the defaults, if any
   * @param settings {@code key=value}; they win
   */
  public static JudgeConfig load(@Nullable Path file, List<String> settings) {
    return ConfigFiles.load(JudgeConfig.class, defaults(), file, settings);
  }

  /** The commented defaults, as YAML. */
  public static String defaults() {
    return resource("judge.yaml");
  }

  static String resource(String name) {
    try (InputStream in = JudgeConfig.class.getResourceAsStream("/org/rlaif/judge/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in the jar");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
