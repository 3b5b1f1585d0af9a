package org.rlaif.judge.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;

/** Figures as text, for tables and pages. */
public final class Words {
  /** What stands where there is no figure. */
  public static final String NOTHING = "–";

  private Words() {}

  /** A share of 1 in percent. */
  public static String percent(double share) {
    return number(100 * share, 1) + "\u00a0%";
  }

  /** With its interval, such as {@code 61.2 % (55.0 to 67.1)}. */
  static String percent(@Nullable Share share) {
    return share == null
        ? NOTHING
        : percent(share.value()) + " " + range(share.low(), share.high());
  }

  /** {@code (55.0 to 67.1)} of shares of 1. */
  public static String range(double low, double high) {
    return "(" + number(100 * low, 1) + " to " + number(100 * high, 1) + ")";
  }

  /** Points of a hundred, with their sign and interval. */
  static String points(@Nullable Double share, @Nullable Interval interval) {
    if (share == null) {
      return NOTHING;
    }
    String text = String.format(Locale.ROOT, "%+.1f", 100 * share + 0.0);
    return interval == null ? text : text + " " + range(interval.low(), interval.high());
  }

  static String kappa(@Nullable Double kappa) {
    return kappa == null ? NOTHING : number(kappa, 2);
  }

  /** With so many digits behind the point. */
  public static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
