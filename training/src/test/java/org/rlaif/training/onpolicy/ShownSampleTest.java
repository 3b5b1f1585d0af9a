package org.rlaif.training.onpolicy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.rollouts.Rollout;

class ShownSampleTest {
  private static String shown(String prompt, String completion) {
    var rollout =
        new Rollout(
            List.of(new Example("1", Prompt.of(prompt), "")),
            List.of(new Sequence(new int[] {1}, new int[] {2})),
            List.of(completion),
            new float[][] {{-1}},
            new boolean[] {true},
            new long[] {1});
    return ShownSample.of("ppo", 10, rollout, new double[] {1.234});
  }

  @Test
  void standsOnALineEach() {
    assertEquals(
        "ppo         update 10, score 1.23: A post TL;DR:%n            > red [0m and blue"
            .formatted(),
        shown("A post\nTL;DR:", " \u001b red\u001b[0m\tand blue"));
  }

  /** The end of a prompt and the beginning of a completion are what belongs together. */
  @Test
  void isCutWhereItIsLong() {
    String[] lines = shown("p".repeat(150) + "q", "c" + "d".repeat(150)).split("\\R");
    assertEquals("ppo         update 10, score 1.23: …" + "p".repeat(99) + "q", lines[0]);
    assertEquals("            > c" + "d".repeat(99) + "…", lines[1]);
  }
}
