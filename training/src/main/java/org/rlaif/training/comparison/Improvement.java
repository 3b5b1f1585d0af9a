package org.rlaif.training.comparison;

import org.rlaif.judge.WinRate;
import org.rlaif.training.evaluation.EvaluationFigures;
import org.rlaif.training.run.RunFolder;

/** Whether a policy is better than the one before, by how often each beats the same opponent. */
public final class Improvement {
  private Improvement() {}

  /** Of the policy of a run that has finished. */
  public static WinRate winRate(RunFolder run) {
    return run.finished("evaluate")
        .orElseThrow()
        .figures(EvaluationFigures.class)
        .winRate()
        .policyVsSft();
  }

  /**
   * Whether a win rate has risen by more than half the width of its 95 % interval.
   *
   * @param before that of the policy before, a share
   */
  public static boolean is(double before, WinRate now) {
    return now.value() - before > (now.high() - now.low()) / 2;
  }
}
