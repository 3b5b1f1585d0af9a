package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.Credentials;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.UserError;

/**
 * Judges by a language model that is served here: how probable are the answers "1" and "2" after
 * the question? Softmax over exactly these two (Lee et al. 2023, arXiv 2309.00267, section 2.1);
 * nothing is sampled and nothing parsed. An answer of several tokens has the sum of their
 * log-probabilities.
 *
 * <p>Completions by themselves are rated by the log-probabilities of the grades "1" to "10" ({@link
 * Rating}). {@link ServedModel} tells how the model is asked; the judge's name and hash say it.
 *
 * <p>A question the server cannot take, such as one longer than the context, is not answered.
 */
public final class LanguageModelJudge implements Judge {
  /**
   * Its settings.
   *
   * @param template a Mustache file that asks which is better; null: as shipped
   * @param ratingTemplate one that asks how good a completion is; null: as shipped
   * @param timeoutSeconds for one answer
   * @param address {@code host:port} of the server; null: the run's own
   * @param tls how {@code address} is known, and what it is shown; the token is the environment's
   * @param model its name on that server
   * @param chat whether one that has a chat template is asked through it
   */
  @JsonTypeName("model")
  public record Config(
      @Nullable String template,
      @Nullable String ratingTemplate,
      int timeoutSeconds,
      @Nullable String address,
      Tls tls,
      @Nullable String model,
      boolean chat)
      implements JudgeKind {
    public Config {
      UserError.require(timeoutSeconds >= 1, "timeoutSeconds", timeoutSeconds, ">= 1");
    }

    @Override
    public Judge open(Rubric rubric, Opening opening) {
      String name = UserError.given("model", model, "the name of a model that is served there");
      JudgePrompt<Question> comparing = JudgePrompt.comparing(template, rubric.preamble());
      JudgePrompt<Rated> rating = JudgePrompt.rating(ratingTemplate, rubric.preamble());
      var served = new ServedModel(client(opening.ownServer()), name, chat);
      return new LanguageModelJudge(served, comparing, rating);
    }

    /** The token for another server is the environment's. */
    private RlaifClient client(@Nullable Function<Duration, RlaifClient> ownServer) {
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

    @Override
    public Config decisive() {
      return new Config(
          template, ratingTemplate, /* timeoutSeconds= */ 1, address, Tls.NONE, model, chat);
    }

    @Override
    public List<String> templates() {
      return Stream.of(template, ratingTemplate).flatMap(Stream::ofNullable).toList();
    }

    @Override
    public boolean rates() {
      return true;
    }

    @Override
    public boolean servedHere() {
      return address == null;
    }

    @Override
    public Config servedAs(String name) {
      return new Config(
          template, ratingTemplate, timeoutSeconds, /* address= */ null, Tls.NONE, name, chat);
    }
  }

  private static final List<String> ANSWERS = List.of("1", "2");

  private final ServedModel model;
  private final JudgePrompt<Question> comparing;
  private final JudgePrompt<Rated> rating;

  /** The judge closes the model. */
  LanguageModelJudge(
      ServedModel model, JudgePrompt<Question> comparing, JudgePrompt<Rated> rating) {
    this.model = model;
    this.comparing = comparing;
    this.rating = rating;
  }

  @Override
  public Answer ask(Question question) {
    ServedModel.Reply reply = model.reply(comparing.render(question), ANSWERS);
    if (!reply.whyNot().isEmpty()) {
      return Answer.none(reply.whyNot());
    }
    double first = reply.answers().get(0).logprob();
    double second = reply.answers().get(1).logprob();
    double logit = first - second;
    return Double.isNaN(logit)
        ? Answer.none("no log-probabilities of 1 and 2: " + first + ", " + second)
        : Answer.of(Logistic.sigmoid(logit)); // softmax over two
  }

  @Override
  public List<Rating> rateAll(List<Rated> completions) {
    return completions.stream().map(this::rate).toList();
  }

  private Rating rate(Rated completion) {
    ServedModel.Reply reply = model.reply(rating.render(completion), Rating.GRADES);
    return reply.whyNot().isEmpty() ? Rating.of(reply.answers()) : Rating.none(reply.whyNot());
  }

  @Override
  public String name() {
    return "model:" + model.name();
  }

  @Override
  public String hash() {
    return ConfigFiles.hash(
        Map.of("model", model.name(), "prompt", comparing.parts(), "ratingPrompt", rating.parts()));
  }

  @Override
  public void close() {
    model.close();
  }
}
