package org.rlaif.bench;

import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.rlaif.kit.UserError;

/** How many tokens: always the same number, or every number of a range equally often. */
public record Lengths(int least, int most) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,7})(?:-(\\d{1,7}))?");

  public Lengths {
    UserError.require(
        least >= 1 && least <= most, "length", least + "-" + most, "1 or more, or from-to");
  }

  /** {@code 64} or {@code 16-256}; a {@link UserError} names the option. */
  public static Lengths parse(String option, String text) {
    Matcher form = FORM.matcher(text);
    UserError.require(
        form.matches(), option, text, "a number of tokens, or a range such as 16-256");
    int least = Integer.parseInt(form.group(1));
    int most = form.group(2) == null ? least : Integer.parseInt(form.group(2));
    UserError.require(
        least >= 1 && least <= most, option, text, "1 or more, the smaller number first");
    return new Lengths(least, most);
  }

  int draw(SplittableRandom random) {
    return random.nextInt(least, most + 1);
  }

  @Override
  public String toString() {
    return least == most ? String.valueOf(least) : least + "-" + most;
  }
}
