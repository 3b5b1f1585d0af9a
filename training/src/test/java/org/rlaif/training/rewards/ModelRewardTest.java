package org.rlaif.training.rewards;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.rlaif.training.rewards.Combine.MEAN;
import static org.rlaif.training.rewards.Combine.UNCERTAINTY;
import static org.rlaif.training.rewards.Combine.WORST;

import io.grpc.StatusRuntimeException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Json;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.serving.grpc.ServerConfig;
import org.rlaif.training.learning.ToyModels;

class ModelRewardTest {
  @Test
  void combinedByHand() {
    double[] members = {1, 3, -1};
    assertEquals(1, MEAN.of(members, 0), 1e-12);
    assertEquals(-1, WORST.of(members, 0));
    // The variance is (0 + 4 + 4) / 3.
    assertEquals(1 - 0.3 * 8 / 3, UNCERTAINTY.of(members, 0.3), 1e-12);
  }

  @Test
  void theWarierTheLower() {
    Random random = new Random(5);
    for (int i = 0; i < 100; i++) {
      double[] members = random.doubles(1 + random.nextInt(5), -3, 3).toArray();
      double mean = MEAN.of(members, 0);
      assertTrue(WORST.of(members, 0) <= mean + 1e-12, "5, " + i);
      assertEquals(mean, UNCERTAINTY.of(members, 0), "5, " + i);
      assertTrue(UNCERTAINTY.of(members, 0.5) <= mean, "5, " + i);
      // Where all are one there is nothing to combine.
      double[] alone = {members[0]};
      for (Combine combine : Combine.values()) {
        assertEquals(members[0], combine.of(alone, 0.5), combine + ", 5, " + i);
      }
    }
  }

  @Test
  void aMissingScoreIsMissing() {
    for (Combine combine : Combine.values()) {
      assertTrue(Double.isNaN(combine.of(new double[] {1, Double.NaN, 2}, 0.1)), "" + combine);
    }
  }

  @Test
  void asksAllMembers() {
    List<SampledCompletion> completions =
        List.of(
            new SampledCompletion(
                "a", Prompt.of("Is it 5?"), " yes", new int[] {1, 2}, new int[] {40, 0}, true),
            new SampledCompletion(
                "b", Prompt.of("Is it 6?"), " no", new int[] {1, 3}, new int[] {41, 0}, true));
    try (RlaifServer server =
            RlaifServer.start(
                ServerConfig.inProcess(
                    Map.of("reward", ToyModels.reward(), "reward-1", ToyModels.reward())));
        RlaifClient client = ToyModels.client(server)) {
      double[] alone =
          new ModelReward(1)
              .open(new RewardKind.Server(client, List.of("reward")))
              .score(completions);
      var members = new RewardKind.Server(client, List.of("reward", "reward-1"));
      for (ModelReward same :
          List.of(new ModelReward(1), new ModelReward(1, UNCERTAINTY, 0.5), worst())) {
        assertArrayEquals(alone, same.open(members).score(completions), same.toString());
      }
      var missing = new RewardKind.Server(client, List.of("reward", "reward-2"));
      StatusRuntimeException error =
          assertThrows(
              StatusRuntimeException.class, () -> worst().open(missing).score(completions));
      assertTrue(error.getMessage().contains("reward-2"), error.getMessage());
    }
  }

  private static ModelReward worst() {
    return new ModelReward(1, WORST, null);
  }

  @Test
  void isWrittenAndReadAsItWasSet() throws Exception {
    Map<String, ModelReward> written =
        Map.of(
            "{\"weight\":1.0}",
            new ModelReward(1),
            "{\"weight\":1.0,\"combine\":\"uncertainty\",\"penalty\":0.1}",
            new ModelReward(1, UNCERTAINTY, 0.1));
    for (var each : written.entrySet()) {
      assertEquals(each.getKey(), Json.MAPPER.writeValueAsString(each.getValue()));
      assertEquals(each.getValue(), Json.MAPPER.readValue(each.getKey(), ModelReward.class));
    }
  }

  @Test
  void aPenaltyIsThatOfUncertainty() {
    assertEquals(
        "onPolicy.rewards: penalty: none (expected: >= 0, with combine: uncertainty)",
        assertThrows(UserError.class, () -> new ModelReward(1, UNCERTAINTY, null)).getMessage());
    assertEquals(
        "onPolicy.rewards: penalty: 0.1 (expected: none, without combine: uncertainty)",
        assertThrows(UserError.class, () -> new ModelReward(1, WORST, 0.1)).getMessage());
  }
}
