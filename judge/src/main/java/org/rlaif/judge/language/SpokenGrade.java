package org.rlaif.judge.language;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which grade a text gives, by rules that each take the whole text or its last line: a number
 * somewhere in a sentence is no grade, and neither is one beside the scale, such as 7.5 or 11.
 *
 * @param index of the grade among those that are asked for
 * @param at where it stands in the text
 */
record SpokenGrade(int index, int at) {
  /** Longer texts are reasoning; only what they end with, or mark, is looked at. */
  private static final int LONGEST = 400;

  /** A number by itself, or of so many: not "7.5", "7%", "-7", "2/3 of it". */
  private static final String NUMBER =
      "(?<![\\w.,/-])(\\d{1,3})(?![.,/-]?\\w|\\s*%)(?:\\s*(?:/|out\\s+of)\\s*BEST\\b)?";

  private static final String OF_BEST = "(?<![\\w.,/-])(\\d{1,3})\\s*(?:/|out\\s+of)\\s*BEST\\b";

  private static final String GRADE = "(?:" + OF_BEST + "|" + NUMBER + ")";

  private static final String CALLED =
      "(?i:(?:(?:final|my|the|overall)\\s+)*(?:rating|score|grade|mark|answer|verdict|overall)"
          + "(?:\\s+(?:is|for\\s+(?:this|the)\\s+\\w+(?:\\s+is)?))?)\\s*[:=]?\\s*(?:GRADE)";

  private static final String GIVEN =
      "(?i:i\\s+(?:would\\s+|will\\s+|d\\s+)?(?:rate|give|score|grade)\\s+"
          + "(?:this|it|the)(?:\\s+(?:completion|response|answer|summary|text|one))?"
          + "(?:\\s+(?:a|an|as|at|with))*)\\s+(?:GRADE)";

  /** A number on the first line, and then an explanation. */
  private static final String FIRST_LINE = "(?:GRADE)[ .!]*\\R\\s*\\p{Lu}[\\s\\S]*";

  private static final Pattern MARKED =
      Pattern.compile(
          "\\[\\[\\s*(\\d{1,3})\\s*]]|\\\\boxed\\{\\s*(\\d{1,3})\\s*}"
              + "|<(?:answer|score|rating)>\\s*(\\d{1,3})\\s*</(?:answer|score|rating)>");

  private static final Pattern MARKS =
      Pattern.compile("[*_`\"'\u2018\u2019\u201c\u201d(){}<>#\\[\\]]");
  private static final String END_OF_THOUGHT = "</think>";

  /** Reads a grade, or null if the text gives none of these. */
  static @Nullable SpokenGrade in(String text, Choices grades) {
    int thought = text.lastIndexOf(END_OF_THOUGHT);
    int start = thought < 0 ? 0 : thought + END_OF_THOUGHT.length();
    String said = text.substring(start);
    if (MARKED.matcher(said).find()) {
      return marked(said, start, grades);
    }
    // As long as before, so that places stay what they are.
    String bare = MARKS.matcher(said).replaceAll(" ");
    int end = bare.stripTrailing().length();
    int begin = Math.min(end, bare.length() - bare.stripLeading().length());
    String best = grades.answers().get(grades.answers().size() - 1);
    if (end - begin <= LONGEST) {
      for (String rule : List.of(GRADE, CALLED, GIVEN, FIRST_LINE)) {
        Matcher whole = rule(rule, best).matcher(bare).region(begin, end);
        if (whole.matches()) {
          return of(whole, start, grades);
        }
      }
    }
    int lastLine = Math.max(begin, bare.lastIndexOf('\n', end - 1) + 1);
    if (end - lastLine > LONGEST) {
      return null;
    }
    Matcher last = rule(CALLED, best).matcher(bare).region(lastLine, end);
    return last.matches() ? of(last, start, grades) : null;
  }

  /** All marks in a text must say the same. */
  private static @Nullable SpokenGrade marked(String text, int start, Choices grades) {
    SpokenGrade found = null;
    for (Matcher matcher = MARKED.matcher(text); matcher.find(); ) {
      SpokenGrade next = of(matcher, start, grades);
      if (next == null || (found != null && found.index() != next.index())) {
        return null;
      }
      found = next;
    }
    return found;
  }

  private static Pattern rule(String rule, String best) {
    return Pattern.compile(
        "\\s*" + rule.replace("GRADE", GRADE).replace("BEST", best) + "[\\s.!,;:]*");
  }

  private static @Nullable SpokenGrade of(Matcher matcher, int start, Choices grades) {
    for (int group = 1; group <= matcher.groupCount(); group++) {
      String said = matcher.group(group);
      if (said != null) {
        int index = grades.answers().indexOf(said);
        return index < 0 ? null : new SpokenGrade(index, start + matcher.start(group));
      }
    }
    throw new IllegalStateException("a rule without a group that decides");
  }
}
