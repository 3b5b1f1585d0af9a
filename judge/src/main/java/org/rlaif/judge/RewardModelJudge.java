package org.rlaif.judge;

import com.fasterxml.jackson.annotation.JsonTypeName;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.CallFailure;
import org.rlaif.client.RlaifClient;
import org.rlaif.client.Tls;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.UserError;
import org.rlaif.v1.ScorePairsRequest;
import org.rlaif.v1.ScorePairsResponse;

/**
 * Judges by a reward model that is served here: the probability that Bradley and Terry give the
 * first by the difference of both scores. Each completion is scored by itself, so there is no order
 * to mind.
 */
public final class RewardModelJudge implements Judge {
  /**
   * Its settings, which it shares with those of kind {@code model}.
   *
   * @param timeoutSeconds for one answer
   * @param address {@code host:port} of the server; null: the run's own
   * @param model its name on that server
   */
  @JsonTypeName("reward")
  public record Config(
      int timeoutSeconds, @Nullable String address, Tls tls, @Nullable String model)
      implements JudgeKind {
    @Override
    public Judge open(Rubric rubric, Opening opening) {
      String name = UserError.given("model", model, "the name of a model that is served there");
      return new RewardModelJudge(opening.client(address, tls, timeoutSeconds), name);
    }

    @Override
    public Config decisive() {
      return new Config(/* timeoutSeconds= */ 1, address, Tls.NONE, model);
    }

    @Override
    public boolean canBeAskedAgain() {
      return true;
    }

    @Override
    public boolean servedHere() {
      return address == null;
    }

    @Override
    public boolean asksRewardModel() {
      return true;
    }

    @Override
    public Config servedAs(String name) {
      return new Config(timeoutSeconds, /* address= */ null, Tls.NONE, name);
    }
  }

  /** Pairs of one request; the server scores them together. */
  private static final int BATCH = 32;

  private final RlaifClient client;
  private final String model;

  private RewardModelJudge(RlaifClient client, String model) {
    this.client = client;
    this.model = model;
  }

  @Override
  public Answer ask(Question question) {
    return askAll(List.of(question)).get(0);
  }

  @Override
  public List<Answer> askAll(List<Question> questions) {
    List<Answer> answers = new ArrayList<>(questions.size());
    for (int start = 0; start < questions.size(); start += BATCH) {
      List<Question> some = questions.subList(start, Math.min(questions.size(), start + BATCH));
      answers.addAll(score(some));
    }
    return answers;
  }

  /** What the server does not take of several is found by asking one at a time. */
  private List<Answer> score(List<Question> questions) {
    try {
      ScorePairsResponse response = client.scorePairs(request(questions));
      return response.getPairsList().stream()
          .map(pair -> Answer.of(pair.getProbabilityFirst()))
          .toList();
    } catch (StatusRuntimeException e) {
      return switch (e.getStatus().getCode()) {
        case INVALID_ARGUMENT, OUT_OF_RANGE ->
            questions.size() == 1
                ? List.of(Answer.none(String.valueOf(e.getStatus().getDescription())))
                : questions.stream().map(each -> score(List.of(each)).get(0)).toList();
        default ->
            throw CallFailure.explained(e, (why, cause) -> new UserError("judge: " + why, cause));
      };
    }
  }

  private ScorePairsRequest request(List<Question> questions) {
    ScorePairsRequest.Builder request = ScorePairsRequest.newBuilder().setModel(model);
    for (Question each : questions) {
      request
          .addPairsBuilder()
          .setPrompt(RlaifClient.text(each.prompt()))
          .setFirst(RlaifClient.text(each.first()))
          .setSecond(RlaifClient.text(each.second()));
    }
    return request.build();
  }

  @Override
  public boolean mindsTheOrder() {
    return false;
  }

  @Override
  public String name() {
    return "reward:" + model;
  }

  @Override
  public String hash() {
    return ConfigFiles.hash(Map.of("rewardModel", model));
  }

  @Override
  public void close() {
    client.close();
  }
}
