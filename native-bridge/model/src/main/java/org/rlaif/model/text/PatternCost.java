package org.rlaif.model.text;

import java.util.ArrayList;
import java.util.List;

/**
 * How often a regular expression of a tokenizer may go back and try again, at worst, for one match.
 * The library's engine, Oniguruma, takes that from a counter, and ends the whole process where it
 * runs out, so whatever could come near is refused before it sees a text: {@code (a+)+$} needs
 * thirty letters. What is told is a bound, in bits: a repeat without a limit is {@value #UNLIMITED}
 * if something behind it may fail, for then it is tried at every length, and repeats that are tried
 * for each other multiply. Repeats behind which nothing can fail are tried once.
 */
final class PatternCost {
  /** Oniguruma gives up after ten million, which are 23.2 bits. */
  static final int MOST_BITS = 23;

  /** More than any is, of what may be tried for ever. */
  static final int ENDLESS = 1000;

  /** Of a repeat without a limit: a text of {@link Tokenizer#MOST_AT_ONCE} characters. */
  private static final int UNLIMITED = 20;

  /** Of groups in groups, and of repeats of repeats. */
  private static final int MOST_DEPTH = 100;

  /**
   * A part of the pattern.
   *
   * @param always whether it matches wherever it stands, if only nothing at all
   * @param sure bits where what comes behind it cannot fail
   * @param tried bits where that may fail, so that this is tried in other ways
   * @param single whether it is one character of some, or a place that is one of some
   */
  private record Part(boolean always, double sure, double tried, boolean single) {
    static final Part SINGLE = new Part(false, 0, 0, true);

    static Part sequence(List<Part> parts) {
      return parts.size() == 1
          ? parts.get(0)
          : new Part(
              parts.stream().allMatch(Part::always),
              bits(parts, /* mayFail= */ false),
              bits(parts, /* mayFail= */ true),
              false);
    }

    private static double bits(List<Part> parts, boolean mayFail) {
      double once = 0; // of the end that cannot fail: it is tried once, when all else has matched
      double often = 0;
      boolean fails = mayFail;
      for (int i = parts.size() - 1; i >= 0; i--) {
        Part part = parts.get(i);
        double bits = fails ? part.tried : part.sure;
        fails |= !part.always;
        if (fails) {
          often += bits;
        } else {
          once = sum(once, bits);
        }
      }
      return once == 0 ? often : sum(once, often);
    }

    /** All ways are tried where the first ones fail, by themselves or by what is behind them. */
    Part or(Part other) {
      return new Part(
          always || other.always, sum(sure, other.sure), sum(tried, other.tried), false);
    }

    /** What keeps the way in which it has matched: an atomic group, or a look around. */
    Part kept(boolean looks) {
      return new Part(!looks && always, sure, sure, false);
    }

    Part repeated(int from, int to) {
      boolean endless = to < 0;
      double each = sure == 0 ? 0 : sure + (endless ? UNLIMITED : log2(Math.max(1, to)));
      double lengths = endless ? UNLIMITED : log2(to - from + 1.0);
      // What fails behind one may be the next.
      double all = tried == 0 ? lengths : endless ? ENDLESS : lengths + tried * Math.max(1, to);
      boolean firstFailureEnds = from <= 1 || single;
      return new Part(from == 0 || always, firstFailureEnds ? each : all, all, false);
    }
  }

  private final String pattern;
  private int at;
  private int depth;

  private PatternCost(String pattern) {
    this.pattern = pattern;
  }

  /** The bound of a pattern, in bits; {@link #ENDLESS} or more if there is none that is known. */
  static double bits(String pattern) {
    try {
      var cost = new PatternCost(pattern);
      Part all = cost.choice();
      return cost.at < pattern.length() ? ENDLESS : all.sure();
    } catch (Unknown | StringIndexOutOfBoundsException e) {
      return ENDLESS;
    }
  }

  /** What is not followed here: it may do anything. */
  private static final class Unknown extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  /** Of what is tried after each other. */
  private static double sum(double some, double more) {
    double most = Math.max(some, more);
    return most + log2(1 + Math.pow(2, Math.min(some, more) - most));
  }

  private static double log2(double number) {
    return Math.log(number) / Math.log(2);
  }

  private Part choice() {
    if (++depth > MOST_DEPTH) {
      throw new Unknown();
    }
    Part ways = sequence();
    while (take("|")) {
      ways = ways.or(sequence());
    }
    depth--;
    return ways;
  }

  private Part sequence() {
    List<Part> parts = new ArrayList<>();
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      if (take("(?#")) {
        behind(')');
        continue;
      }
      parts.add(repeated(single()));
    }
    return Part.sequence(parts);
  }

  private Part single() {
    char c = pattern.charAt(at);
    if (c == '(') {
      return group();
    }
    if (c == '[') {
      characters();
    } else if (c == '\\') {
      escape();
    } else {
      at += Character.charCount(pattern.codePointAt(at));
    }
    return Part.SINGLE;
  }

  private Part group() {
    boolean looks = take("(?=") || take("(?!") || take("(?<=") || take("(?<!");
    boolean kept = looks || take("(?>");
    if (!kept && !take("(?:") && !take("(?<") && !take("(")) {
      throw new Unknown();
    }
    if (!kept && pattern.charAt(at - 1) == '<') { // a name
      behind('>');
    } else if (!kept && pattern.charAt(at) == '?') { // options, for the group or for the rest
      do {
        at++;
      } while ("ims-".indexOf(pattern.charAt(at)) >= 0); // with x, spaces would count for nothing
      if (!take(":") && pattern.charAt(at) != ')') {
        throw new Unknown();
      }
      boolean rest = take(")");
      if (rest) {
        return choice(); // with all alternatives to the group's end
      }
    }
    Part inner = choice();
    if (!take(")")) {
      throw new Unknown();
    }
    return kept ? inner.kept(looks) : inner;
  }

  /** A class of characters, with classes inside. */
  private void characters() {
    int open = 0;
    do {
      char c = pattern.charAt(at);
      boolean first = false;
      if (c == '\\') {
        escape();
        continue;
      }
      at++;
      if (c == '[') {
        open++;
        take("^");
        first = pattern.charAt(at) == ']';
      } else if (c == ']') {
        open--;
      }
      if (first) {
        at++; // it stands for itself
      }
    } while (open > 0);
  }

  private void escape() {
    at++;
    char c = pattern.charAt(at);
    at += Character.charCount(pattern.codePointAt(at));
    if ("gkKRXyYcCM".indexOf(c) >= 0 || (c >= '1' && c <= '9')) {
      throw new Unknown(); // groups by name or number, many characters, none
    }
    if (("pPx".indexOf(c) >= 0) && pattern.startsWith("{", at)) {
      behind('}');
    }
  }

  private Part repeated(Part once) {
    Part node = once;
    int repeats = 0;
    for (int[] times = times(); times.length > 0; times = times()) {
      if (++repeats > MOST_DEPTH) {
        throw new Unknown();
      }
      boolean interval = pattern.charAt(at - 1) == '}'; // then ? and + are one more repeat
      boolean lazy = !interval && take("?");
      boolean kept = !interval && !lazy && take("+");
      Part repeat = node.repeated(times[0], times[1]);
      node = kept ? repeat.kept(/* looks= */ false) : repeat;
    }
    return node;
  }

  /** From and to, negative if there is no end; empty if no repeat follows. */
  private int[] times() {
    if (take("*")) {
      return new int[] {0, -1};
    }
    if (take("+")) {
      return new int[] {1, -1};
    }
    if (take("?")) {
      return new int[] {0, 1};
    }
    int end = pattern.startsWith("{", at) ? pattern.indexOf('}', at) : -1;
    String inside = end < 0 ? "" : pattern.substring(at + 1, end);
    if (!inside.matches("\\d{1,6}(,\\d{0,6})?|,\\d{1,6}")) {
      return new int[0]; // a brace
    }
    at = end + 1;
    String[] limits = inside.split(",", -1);
    int from = limits[0].isEmpty() ? 0 : Integer.parseInt(limits[0]);
    String to = limits[limits.length - 1];
    return new int[] {from, to.isEmpty() ? -1 : Math.max(from, Integer.parseInt(to))};
  }

  private void behind(char end) {
    int found = pattern.indexOf(end, at);
    if (found < 0) {
      throw new Unknown();
    }
    at = found + 1;
  }

  private boolean take(String text) {
    boolean there = pattern.startsWith(text, at);
    at += there ? text.length() : 0;
    return there;
  }
}
