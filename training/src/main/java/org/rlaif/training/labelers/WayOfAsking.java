package org.rlaif.training.labelers;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rlaif.judge.JudgeConfig;

/**
 * How a labeler is asked which of two completions is better.
 *
 * @param detailed whether it is told what makes a TL;DR good, instead of a completion
 * @param shots comparisons that are shown with their answers before
 * @param reasoned whether it writes down why before it answers
 */
record WayOfAsking(boolean detailed, int shots, boolean reasoned) {
  static final int SHOTS = 2;

  /** Tokens of a rationale at most. */
  private static final int RATIONALE = 96;

  /** All of them. */
  static List<WayOfAsking> all() {
    List<WayOfAsking> all = new ArrayList<>();
    for (boolean reasoned : new boolean[] {false, true}) {
      for (int shots : new int[] {0, SHOTS}) {
        for (boolean detailed : new boolean[] {false, true}) {
          all.add(new WayOfAsking(detailed, shots, reasoned));
        }
      }
    }
    return all;
  }

  /** As a judge of kind model. */
  JudgeConfig judge(Path folder) {
    List<String> settings =
        new ArrayList<>(List.of("kind=model", "rubric=" + (detailed ? "tldr" : "general")));
    if (shots > 0) {
      settings.add("exemplars='" + exemplars(folder) + "'");
    }
    if (reasoned) {
      settings.add("rationale.maxTokens=" + RATIONALE);
    }
    return JudgeConfig.load(null, settings);
  }

  /** The file of the comparisons that are shown. */
  Path exemplars(Path folder) {
    return folder.resolve(reasoned ? "exemplars-reasoned.jsonl" : "exemplars.jsonl");
  }

  /** For people. */
  String label() {
    return (detailed ? "detailed" : "base")
        + ", "
        + shots
        + "-shot"
        + (reasoned ? ", rationale" : "");
  }
}
