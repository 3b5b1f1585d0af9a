package org.rlaif.training.rewards;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.UserError;
import org.rlaif.v1.ScoreRequest;

/**
 * The served reward model's score at the last token of each completion, token for token as it was
 * sampled, with the model's mean and standard deviation taken out; or what the members of an
 * ensemble come to, each with its own taken out.
 *
 * @param combine how members become one; null: their mean
 * @param penalty of the members' variance; null where that has no price
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ModelReward(
    double weight, @MayBeAbsent @Nullable Combine combine, @MayBeAbsent @Nullable Double penalty)
    implements RewardKind {
  public ModelReward {
    boolean priced = combine == Combine.UNCERTAINTY;
    UserError.require(
        priced ? penalty != null && penalty >= 0 : penalty == null,
        "onPolicy.rewards: penalty",
        penalty == null ? "none" : penalty,
        priced ? ">= 0, with combine: uncertainty" : "none, without combine: uncertainty");
  }

  /** Of a single model, or the mean of an ensemble. */
  public ModelReward(double weight) {
    this(weight, null, null);
  }

  @Override
  public String label() {
    return "model";
  }

  @Override
  public boolean needsModel() {
    return true;
  }

  /** Whether it is about how far members are apart. */
  public boolean needsMembers() {
    return combine != null && combine != Combine.MEAN;
  }

  @Override
  public RewardSource open(Server server) {
    return completions -> {
      List<double[]> members =
          server.rewardModels().stream().map(name -> scores(server, name, completions)).toList();
      return combined(members);
    };
  }

  /** What the scores of all members come to, completion by completion. */
  public double[] combined(List<double[]> members) {
    double[] combined = new double[members.get(0).length];
    for (int i = 0; i < combined.length; i++) {
      int each = i;
      combined[i] = combined(members.stream().mapToDouble(scores -> scores[each]).toArray());
    }
    return combined;
  }

  private double combined(double[] members) {
    return (combine == null ? Combine.MEAN : combine).of(members, penalty == null ? 0 : penalty);
  }

  private static double[] scores(Server server, String model, List<SampledCompletion> completions) {
    ScoreRequest.Builder request = ScoreRequest.newBuilder().setModel(model);
    for (SampledCompletion each : completions) {
      request
          .addItemsBuilder()
          .setPrompt(RlaifClient.tokens(each.promptTokens()))
          .setCompletion(RlaifClient.tokens(each.tokens()));
    }
    return server.client().score(request.build()).getScoresList().stream()
        .mapToDouble(Float::doubleValue)
        .toArray();
  }
}
