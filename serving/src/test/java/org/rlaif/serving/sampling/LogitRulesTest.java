package org.rlaif.serving.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LogitRulesTest {
  /** Token 3 is in the prompt; 4 twice and 5 once in the completion. */
  private static final float[] LOGITS = {0, 0, 0, 2, -1, 1, 0.5f, 0};

  /**
   * 3: 2 / 2. 4: -1 * 2 - 2 * 0.25 - 0.5. 5: (1 - 3) * 2 - 0.25 - 0.5. 6: 0.5 + 1. Bias comes
   * before the penalties: 5 is multiplied and not divided.
   */
  @Test
  void biasThenRepetitionThenFrequencyAndPresence() {
    float[] expected = {0, 0, 0, 1, -3, -4.75f, 1.5f, 0};
    var penalties = new Penalties(2, 0.5, 0.25, Map.of(5, -3.0, 6, 1.0));
    for (double temperature : new double[] {1, 2, 0.5}) {
      assertArrayEquals(expected, moved(penalties, temperature), 1e-6f);
    }
  }

  @Test
  void withoutRepetitionThePromptDoesNotMatter() {
    var penalties = new Penalties(1, 0.5, 0.25, Map.of(5, -3.0));
    assertArrayEquals(new float[] {0, 0, 0, 2, -2, -2.75f, 0.5f, 0}, moved(penalties, 0.7), 1e-6f);
  }

  @Test
  void nothingIsExactlyNothing() {
    assertArrayEquals(LOGITS, moved(Penalties.NONE, 1));
  }

  @Test
  void endingsAreImpossibleBeforeTheMinimum() {
    Sampling sampling = Sampling.of(1, 9, 0).with(new Stops(2, List.of(), Set.of(6)));
    var rules = new LogitRules(sampling, new int[] {3}, Set.of(1));
    for (int position = 0; position < 4; position++) {
      float[] scores = LOGITS.clone();
      rules.apply(scores, 1, 0, position);
      float[] expected = LOGITS.clone();
      if (position < 2) {
        expected[1] = Float.NEGATIVE_INFINITY;
        expected[6] = Float.NEGATIVE_INFINITY;
      }
      assertArrayEquals(expected, scores);
      rules.count(4);
    }
    assertEquals(false, LogitRules.needNormaliser(sampling));
  }

  /** The logits after the rules, fed and read as log-probabilities with a normaliser of 3. */
  private static float[] moved(Penalties penalties, double temperature) {
    double normaliser = penalties.isNone() ? 0 : 3;
    Sampling sampling = Sampling.of(temperature, 9, 0).with(penalties);
    var rules = new LogitRules(sampling, new int[] {3, 3}, Set.of(1));
    for (int token : new int[] {4, 5, 4}) {
      rules.count(token);
    }
    float[] scores = new float[LOGITS.length];
    for (int id = 0; id < scores.length; id++) {
      scores[id] = (float) (LOGITS[id] / temperature - normaliser);
    }
    rules.apply(scores, temperature, normaliser, 3);
    for (int id = 0; id < scores.length; id++) {
      scores[id] = (float) ((scores[id] + normaliser) * temperature);
    }
    return scores;
  }
}
