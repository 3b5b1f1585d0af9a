package org.rlaif.model.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A string whose letters remember where they come from. Equal texts have equal letters, wherever
 * those come from.
 */
public final class Text {
  private static final char WRITTEN = 0;
  private static final char GIVEN = 1;
  private static final char GENERATED = 2;

  static final Text EMPTY = new Text("", "");

  private final String letters;
  private final String marks; // as long as the letters

  private Text(String letters, String marks) {
    this.letters = letters;
    this.marks = marks;
    Budget.characters(letters.length());
  }

  /** What a template says itself. */
  public static Text written(String letters) {
    return new Text(letters, String.valueOf(WRITTEN).repeat(letters.length()));
  }

  /** What it is given to say. */
  public static Text given(String letters) {
    return new Text(letters, String.valueOf(GIVEN).repeat(letters.length()));
  }

  /** The same as part of a {@code generation} block. */
  Text generated() {
    var all = new StringBuilder();
    marks.chars().forEach(mark -> all.append((char) (mark | GENERATED)));
    return new Text(letters, all.toString());
  }

  /** Whether the char at an index was given, not written by the template. */
  public boolean isGiven(int index) {
    return (marks.charAt(index) & GIVEN) != 0;
  }

  /** Whether the char at an index stands in a {@code generation} block. */
  public boolean isGenerated(int index) {
    return (marks.charAt(index) & GENERATED) != 0;
  }

  @Override
  public String toString() {
    return letters;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Text text && letters.equals(text.letters);
  }

  @Override
  public int hashCode() {
    return letters.hashCode();
  }

  /** By code points, as Python compares. */
  int compareTo(Text other) {
    int at = 0;
    int end = Math.min(letters.length(), other.letters.length());
    while (at < end && letters.charAt(at) == other.letters.charAt(at)) {
      at++;
    }
    if (at == end) {
      return Integer.compare(letters.length(), other.letters.length());
    }
    char a = letters.charAt(at);
    char b = other.letters.charAt(at);
    return Character.isSurrogate(a) != Character.isSurrogate(b)
        ? Character.isSurrogate(a) ? 1 : -1 // but for the private area, beyond all others
        : Character.compare(a, b);
  }

  /** In code points, as Python counts. */
  int length() {
    Budget.reading(letters.length());
    return letters.codePointCount(0, letters.length());
  }

  /** The code points from one to before another. */
  Text slice(int from, int to) {
    Budget.reading(to);
    int start = letters.offsetByCodePoints(0, from);
    return part(start, letters.offsetByCodePoints(start, to - from));
  }

  /** This, then another. */
  public Text plus(Text more) {
    return new Text(letters + more.letters, marks + more.marks);
  }

  Text times(long count) {
    long most = Integer.MAX_VALUE / Math.max(1, letters.length());
    if (count > most) {
      throw new JinjaException("a text " + count + " times (expected: at most " + most + ")");
    }
    int n = (int) Math.max(0, count);
    Budget.characters((long) n * letters.length());
    return new Text(letters.repeat(n), marks.repeat(n));
  }

  /** Without these letters, or white space, at either side or both. */
  Text strip(@Nullable Text chars, boolean left, boolean right) {
    int from = 0;
    int to = letters.length();
    while (left && from < to && strips(chars, letters.charAt(from))) {
      from++;
    }
    while (right && to > from && strips(chars, letters.charAt(to - 1))) {
      to--;
    }
    return part(from, to);
  }

  /** Python's white space; a Java string knows less of it. */
  private static boolean strips(@Nullable Text chars, char c) {
    return chars == null ? isBlank(c) || c == 0x85 : chars.letters.indexOf(c) >= 0;
  }

  static boolean isBlank(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** Its code points, one by one. */
  List<Text> codePoints() {
    var all = new ArrayList<Text>();
    int to;
    for (int from = 0; from < letters.length(); from = to) {
      to = from + Character.charCount(letters.codePointAt(from));
      all.add(part(from, to));
    }
    return all;
  }

  /** The parts between a separator, at most so many times; -1 is always. */
  List<Text> split(Text separator, long most) {
    if (separator.letters.isEmpty()) {
      throw new JinjaException("empty separator");
    }
    Budget.reading(letters.length());
    var parts = new ArrayList<Text>();
    int from = 0;
    int at;
    while ((most < 0 || parts.size() < most)
        && (at = letters.indexOf(separator.letters, from)) >= 0) {
      parts.add(part(from, at));
      from = at + separator.letters.length();
    }
    parts.add(part(from, letters.length()));
    return parts;
  }

  /** The same from the right. */
  List<Text> splitFromRight(Text separator, long most) {
    List<Text> all = split(separator, -1);
    int joined = most < 0 ? 1 : (int) Math.max(1, all.size() - most);
    var parts = new ArrayList<Text>();
    parts.add(separator.join(all.subList(0, joined)));
    parts.addAll(all.subList(joined, all.size()));
    return parts;
  }

  /** The words between white space; the rest behind so many is one, -1 is none. */
  List<Text> words(long most) {
    Budget.reading(letters.length());
    var words = new ArrayList<Text>();
    int at = skip(0, true);
    while (at < letters.length()) {
      if (most >= 0 && words.size() == most) {
        words.add(part(at, letters.length()));
        return words;
      }
      int end = skip(at, false);
      words.add(part(at, end));
      at = skip(end, true);
    }
    return words;
  }

  /** The same from the right. */
  List<Text> wordsFromRight(long most) {
    List<Text> all = words(-1);
    if (most < 0 || all.size() <= most) {
      return all;
    }
    int end = letters.length();
    for (int i = 0; i < most; i++) {
      end = letters.lastIndexOf(all.get(all.size() - 1 - i).letters, end - 1);
    }
    var words = new ArrayList<Text>();
    words.add(part(0, end).strip(null, false, true));
    words.addAll(all.subList(all.size() - (int) most, all.size()));
    return words;
  }

  /** The next index with white space, or without. */
  private int skip(int from, boolean blank) {
    int at = from;
    while (at < letters.length() && strips(null, letters.charAt(at)) == blank) {
      at++;
    }
    return at;
  }

  Text join(List<Text> parts) {
    var result = new Builder();
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        result.add(this);
      }
      result.add(parts.get(i));
    }
    return result.text();
  }

  Text replace(Text old, Text by, long most) {
    if (!old.letters.isEmpty()) {
      return by.join(split(old, most));
    }
    // Between all letters, and at both ends.
    List<Text> all = codePoints();
    var result = new Builder();
    for (int i = 0; i <= all.size(); i++) {
      if (most < 0 || i < most) {
        result.add(by);
      }
      result.add(i < all.size() ? all.get(i) : EMPTY);
    }
    return result.text();
  }

  Text upper() {
    return changed(letters.toUpperCase(Locale.ROOT));
  }

  Text lower() {
    return changed(letters.toLowerCase(Locale.ROOT));
  }

  Text capitalized() {
    return part(0, Math.min(1, letters.length()))
        .upper()
        .plus(part(Math.min(1, letters.length()), letters.length()).lower());
  }

  /** The first letter behind what stands between words is large, the others are small. */
  Text title(IntPredicate between) {
    var result = new Builder();
    boolean begins = true;
    for (int i = 0; i < letters.length(); i++) {
      Text letter = part(i, i + 1);
      result.add(begins ? letter.upper() : letter.lower());
      begins = between.test(letters.charAt(i));
    }
    return result.text();
  }

  /** The chars from one index to before another. */
  public Text part(int from, int to) {
    return new Text(letters.substring(from, to), marks.substring(from, to));
  }

  /** Where letters change in number, all of them were given if any was. */
  private Text changed(String other) {
    if (other.length() == letters.length()) {
      return new Text(other, marks);
    }
    return marks.indexOf(GIVEN) >= 0 || marks.indexOf(GIVEN | GENERATED) >= 0
        ? given(other)
        : written(other);
  }

  /** With blanks on both sides, to so many letters. */
  Text centered(int width) {
    int missing = Math.max(0, width - length());
    int left = missing / 2 + (missing & width & 1);
    Text blank = Text.written(" ");
    return blank.times(left).plus(this).plus(blank.times(missing - left));
  }

  /** Python's: some letter is of the case, and none of the other. */
  boolean isCased(IntPredicate wanted, IntPredicate unwanted) {
    return letters.codePoints().anyMatch(wanted) && letters.codePoints().noneMatch(unwanted);
  }

  /** Puts texts one after another. */
  static final class Builder {
    private final StringBuilder letters = new StringBuilder();
    private final StringBuilder marks = new StringBuilder();

    Builder add(Text text) {
      Budget.characters(text.letters.length());
      letters.append(text.letters);
      marks.append(text.marks);
      return this;
    }

    Builder add(String written) {
      return add(written(written));
    }

    Text text() {
      return new Text(letters.toString(), marks.toString());
    }
  }
}
