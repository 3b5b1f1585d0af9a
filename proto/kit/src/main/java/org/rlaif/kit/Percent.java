package org.rlaif.kit;

/** Shares as they are typed: {@code 5%}. */
public final class Percent {
  private Percent() {}

  /**
   * A share of something, above 0 and at most 1.
   *
   * @param name of what is typed, such as {@code --sample}
   */
  public static double of(String name, String typed) {
    UserError.require(typed.matches("\\d{1,3}(\\.\\d{1,6})?%"), name, typed, "a share such as 5%");
    double share = Double.parseDouble(typed.substring(0, typed.length() - 1)) / 100;
    UserError.require(share > 0 && share <= 1, name, typed, "> 0% and <= 100%");
    return share;
  }
}
