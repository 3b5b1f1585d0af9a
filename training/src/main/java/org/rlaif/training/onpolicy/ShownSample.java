package org.rlaif.training.onpolicy;

import java.util.Locale;
import org.rlaif.training.rollouts.Rollout;

/** What the policy writes now, for people who watch: the first of a batch, in two lines. */
final class ShownSample {
  private static final int WIDTH = 100;
  private static final String MORE = "…";

  private ShownSample() {}

  /**
   * Of a batch.
   *
   * @param name of the algorithm
   * @param done updates, this one's among them
   * @param scores what the completions are worth
   */
  static String of(String name, int done, Rollout rollout, double[] scores) {
    String prompt = onOneLine(rollout.prompts().get(0).prompt().transcript());
    String completion = onOneLine(rollout.texts().get(0));
    return String.format(
        Locale.ROOT,
        "%-11s update %d, score %.2f: %s%n%-11s > %s",
        name,
        done,
        scores[0],
        prompt.length() <= WIDTH ? prompt : MORE + prompt.substring(prompt.length() - WIDTH),
        "",
        completion.length() <= WIDTH ? completion : completion.substring(0, WIDTH) + MORE);
  }

  private static String onOneLine(String text) {
    return text.replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
  }
}
