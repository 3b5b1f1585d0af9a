package org.rlaif.judge.together;

import static org.rlaif.kit.UserError.require;

import org.rlaif.kit.MayBeAbsent;

/**
 * What completions are rated by.
 *
 * @param name of the rating, such as {@code honesty}
 * @param description what it means, and what the numbers do; put to the judge
 * @param least that can be given
 * @param most that can be given
 * @param notApplicable whether a judge may say that a completion has nothing to be rated by it
 * @param weight in the mean of all aspects; below 0 where more is worse
 */
public record Aspect(
    String name,
    String description,
    int least,
    int most,
    @MayBeAbsent boolean notApplicable,
    double weight) {
  /** The name of what is rated apart from all aspects. */
  static final String OVERALL = "overall";

  public Aspect {
    require(
        name.matches("[A-Za-z]\\w*") && !name.equals(OVERALL),
        "aspects: name",
        name,
        "letters, digits and _, and not overall");
    require(!description.isBlank(), name + ": description", description, "what the aspect means");
    require(
        least >= 0 && most > least && most <= 100,
        name + ": least and most",
        least + " and " + most,
        "least < most, both from 0 to 100");
    require(Double.isFinite(weight), name + ": weight", weight, "a number");
  }

  /** From 0, the least, to 1, the most. */
  double share(double rating) {
    return (rating - least) / (most - least);
  }
}
