package org.rlaif.training.labelers;

import java.util.List;
import org.rlaif.kit.Interval;

/**
 * How well a labeler judges.
 *
 * @param ways of asking it about pairs
 * @param rating of both completions by themselves, compared
 * @param swaps grades that were changed, found
 */
public record Findings(List<Way> ways, Way rating, Swaps swaps) {

  /**
   * One way of asking.
   *
   * @param alignment share of the answered pairs of which it favours the completion that the gold
   *     judge favours; even ones count half
   * @param asGiven the same by the answers in the first order alone; the other one likewise; NaN
   *     where there is one order alone
   * @param samePlace share of the pairs of which both orders favour the same place
   * @param answered pairs that got an answer
   */
  public record Way(
      String labeler,
      String asked,
      double alignment,
      double asGiven,
      double otherOrder,
      double samePlace,
      int answered) {

    Interval interval() {
      return Interval.ofShare(alignment, answered);
    }
  }

  /**
   * Grades 10 and 1 of which some were taken for each other.
   *
   * @param swapped grades that were changed
   * @param found of them the labeler's own grade is nearer to what they were
   * @param kept grades 10 and 1 that were not changed
   * @param flagged of them the labeler's own grade is nearer to the other end
   */
  public record Swaps(int swapped, int found, int kept, int flagged) {}
}
