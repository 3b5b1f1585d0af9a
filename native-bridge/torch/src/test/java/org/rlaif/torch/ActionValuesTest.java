package org.rlaif.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.Weights;
import org.rlaif.torch.ActionValues.Estimates;

class ActionValuesTest {
  private static final int VOCABULARY = 16;
  private static final DecoderConfig TIED = DecoderConfig.gpt2(VOCABULARY, 8, 16, 2, 2, 64);
  private static final Sequences ROWS =
      new Sequences(new int[][] {{2, 5, 7, 9}, {1, 3, 4}}, new int[] {1, 2});

  /** softmax(logits + beta Q), of the mean of both slow heads, by plain numbers. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void thePolicyIsTheSoftmaxOfLogitsAndQ(boolean tied) {
    double beta = 3;
    try (Network network = Network.create(tied ? TIED : TIED.untied(), 1, 0.2);
        ActionValues heads = new ActionValues(network, 7);
        Scope scope = Scope.open()) {
      move(network, heads);
      heads.follow(1); // so that the slow ones are those that can be asked
      try (Network policy = heads.policy(beta)) {
        assertFalse(policy.config().tied());
        float[] logits = network.vocabularyLogprobs(ROWS, 1).toFloats(); // but for a constant
        Estimates estimates = heads.estimates(ROWS);
        float[] first = estimates.q().get(0).toFloats();
        float[] second = estimates.q().get(1).toFloats();
        float[] found = policy.vocabularyLogprobs(ROWS, 1).toFloats();
        for (int at = 0; at < found.length; at += VOCABULARY) {
          double[] shifted = new double[VOCABULARY];
          double sum = 0;
          for (int token = 0; token < VOCABULARY; token++) {
            int i = at + token;
            shifted[token] = logits[i] + beta * ((double) first[i] + second[i]) / 2;
            sum += Math.exp(shifted[token]);
          }
          for (int token = 0; token < VOCABULARY; token++) {
            assertEquals(Math.exp(shifted[token]) / sum, Math.exp(found[at + token]), 1e-5);
          }
        }
        assertArrayEquals(
            network.vocabularyLogprobs(ROWS, 1).toFloats(),
            heads.policy(0).vocabularyLogprobs(ROWS, 1).toFloats(),
            1e-6f);
      }
    }
  }

  /** The lesser of both, and no gradient through it. */
  @Test
  void slowQIsTheLesserOfBoth() {
    try (Network network = Network.create(TIED, 1, 0.2);
        ActionValues heads = new ActionValues(network, 7);
        Scope scope = Scope.open()) {
      Estimates before = heads.estimates(ROWS); // where the slow heads are the others
      float[] expected =
          Tensor.min(
                  before.q().get(0).gather(before.actions()),
                  before.q().get(1).gather(before.actions()))
              .toFloats();
      assertEquals(4, expected.length, "completion tokens");
      assertArrayEquals(expected, before.slowQ().toFloats(), 1e-6f);
      assertFalse(before.slowQ().pointer().requires_grad());
      assertTrue(before.values().pointer().requires_grad());
    }
  }

  /** Half of the way each time: 1/2, then 3/4. */
  @Test
  void theSlowHeadsFollow() {
    try (Network network = Network.create(TIED, 1, 0.2);
        ActionValues heads = new ActionValues(network, 7);
        Scope scope = Scope.open()) {
      float begin = heads.trainedWeights().get("target_q_heads.0.weight").get(0);
      move(network, heads);
      float end = heads.trainedWeights().get("q_heads.0.weight").get(0);
      assertTrue(Math.abs(end - begin) > 1e-3, begin + " to " + end);
      assertEquals(begin, heads.trainedWeights().get("target_q_heads.0.weight").get(0));
      for (double left : new double[] {0.5, 0.25}) {
        heads.follow(0.5);
        assertEquals(
            end + left * (begin - end),
            heads.trainedWeights().get("target_q_heads.0.weight").get(0),
            1e-6);
      }
    }
  }

  @Test
  void allOfItIsKeptAndTakenBack() {
    try (Network network = Network.create(TIED, 1, 0.2);
        ActionValues heads = new ActionValues(network, 7);
        Network other = Network.create(TIED, 2, 0.2);
        ActionValues others = new ActionValues(other, 8)) {
      move(network, heads);
      Weights kept = heads.trainedWeights();
      others.loadTrained(kept);
      Weights taken = others.trainedWeights();
      assertEquals(
          Stream.of("q_heads.0", "q_heads.1", "v_head", "target_q_heads.0", "target_q_heads.1")
              .map(name -> name + ".weight")
              .toList(),
          taken.specs().stream()
              .map(spec -> spec.name())
              .filter(name -> name.contains("_head"))
              .toList());
      taken
          .specs()
          .forEach(
              spec -> assertEquals(kept.crc32c(spec.name()), taken.crc32c(spec.name()), "" + spec));
    }
  }

  /** One step of all that is trained. */
  private static void move(Network network, ActionValues heads) {
    try (Scope scope = Scope.open();
        Optimizer optimizer = Optimizer.adamW(heads, 1e-2, 0.9, 0.999, 1e-8, 0)) {
      Estimates estimates = heads.estimates(ROWS);
      Tensor sum = estimates.logprobs().mean().plus(estimates.values().mean());
      for (Tensor q : estimates.q()) {
        sum = sum.plus(q.square().mean());
      }
      sum.backward();
      optimizer.step();
    }
  }
}
