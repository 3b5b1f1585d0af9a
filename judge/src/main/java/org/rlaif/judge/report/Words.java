package org.rlaif.judge.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;

/** Figures as text, for tables and pages. */
public final class Words {
  /** What stands where there is no figure. */
  public static final String NOTHING = "–";

  private static final int LONGEST_NAME = 21;

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

  /**
   * A name that has room beside a picture, on a phone too: the middle of a long one is left out.
   */
  public static String shortened(String name) {
    int length = name.codePointCount(0, name.length());
    if (length <= LONGEST_NAME) {
      return name;
    }
    int half = (LONGEST_NAME - 1) / 2;
    return name.substring(0, name.offsetByCodePoints(0, half))
        + "…"
        + name.substring(name.offsetByCodePoints(name.length(), -half));
  }

  static String kappa(@Nullable Double kappa) {
    return kappa == null ? NOTHING : number(kappa, 2);
  }

  /** A whole number as one, any other with two digits. */
  static String plain(double value) {
    return number(value, value == Math.rint(value) ? 0 : 2);
  }

  /** With so many digits behind the point. */
  public static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
