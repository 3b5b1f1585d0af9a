package org.rlaif.judge;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a judge says to one question.
 *
 * @param probabilityFirst how probable it is that the completion shown first is the better one;
 *     null if the judge could not answer
 * @param hard whether it is 1 or 0 because only a text was read, and nothing told how sure it is
 * @param rationale why it answers so, or why it could not, if it tells
 */
public record Answer(@Nullable Double probabilityFirst, boolean hard, @Nullable String rationale) {
  public Answer {
    if (probabilityFirst != null && !(probabilityFirst >= 0 && probabilityFirst <= 1)) {
      throw new IllegalArgumentException(
          "probabilityFirst: " + probabilityFirst + " (expected: from 0 to 1)");
    }
  }

  public static Answer of(double probabilityFirst) {
    return new Answer(probabilityFirst, false, null);
  }

  public static Answer hard(boolean first) {
    return new Answer(first ? 1.0 : 0.0, true, null);
  }

  /**
   * The mean of several answers to one question (self-consistency); those that are none do not
   * count. Its rationale is that of the first.
   *
   * @param answers at least one
   */
  static Answer mean(List<Answer> answers) {
    double sum = 0;
    int answered = 0;
    boolean hard = false;
    for (Answer each : answers) {
      Double probability = each.probabilityFirst();
      if (probability != null) {
        sum += probability;
        answered++;
        hard |= each.hard();
      }
    }
    String rationale = answers.get(0).rationale();
    return answered == 0
        ? none(String.valueOf(rationale))
        : new Answer(Math.min(1, sum / answered), hard && answers.size() == 1, rationale);
  }

  public static Answer none(String why) {
    return new Answer(null, false, why);
  }
}
