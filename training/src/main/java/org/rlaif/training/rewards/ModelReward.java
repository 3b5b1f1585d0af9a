package org.rlaif.training.rewards;

import org.rlaif.client.RlaifClient;
import org.rlaif.v1.ScoreRequest;

/**
 * The served reward model's score at the last token of each completion, token for token as it was
 * sampled, with the model's mean and standard deviation taken out.
 */
public record ModelReward(double weight) implements RewardKind {
  @Override
  public String label() {
    return "model";
  }

  @Override
  public boolean needsModel() {
    return true;
  }

  @Override
  public RewardSource open(Server server) {
    return completions -> {
      ScoreRequest.Builder request = ScoreRequest.newBuilder().setModel(server.rewardModel());
      for (SampledCompletion each : completions) {
        request
            .addItemsBuilder()
            .setPrompt(RlaifClient.tokens(each.promptTokens()))
            .setCompletion(RlaifClient.tokens(each.tokens()));
      }
      return server.client().score(request.build()).getScoresList().stream()
          .mapToDouble(Float::doubleValue)
          .toArray();
    };
  }
}
