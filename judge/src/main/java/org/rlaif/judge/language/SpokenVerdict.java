package org.rlaif.judge.language;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of two completions a text names as the better one, by rules that each take the whole text:
 * a number somewhere in a sentence is no verdict, and what no rule takes is no answer.
 *
 * @param first whether it is the completion shown first
 * @param said the word that decides: a digit, a letter, or such as {@code first}
 * @param at where it stands in the text
 */
record SpokenVerdict(boolean first, String said, int at) {

  /** Longer texts are reasoning; only what they end with, or mark, is looked at. */
  private static final int LONGEST = 400;

  private static final String NOUN =
      "(?i:completion|response|answer|option|summary|text|candidate|assistant|output|choice|reply"
          + "|version|one)";

  /** One of the two; the group is the word that decides. Numbers: not "1%", "1/2", "1.5", "-1". */
  private static final String ONE =
      "(?:(?:(?i:the)\\s+)?NOUN\\s+(?:(?i:number|no\\.?)\\s+)?)?\\b([12AB])\\b(?![.,:/-]?\\w)"
          + "|(?:(?i:the)\\s+)?\\b(?i:(first|second|former|latter))\\b(?:\\s+NOUN)?";

  private static final String OTHER = ONE.replace("([12AB])", "[12AB]").replace("i:(", "i:(?:");

  private static final String INTRO =
      "(?:(?i:i\\s+(?:think|believe|would\\s+say)(?:\\s+that)?|in\\s+my\\s+(?:opinion|view)|overall)"
          + "\\s*,?\\s+)?";

  private static final String CALLED =
      "(?i:(?:(?:final|my|the|overall)\\s+)*"
          + "(?:better|best|preferred|preference|answer|verdict|choice|winner|decision|judge?ment)"
          + "(?:\\s+NOUN)?)\\s*(?:(?i:is)\\b\\s*:?|[:=])\\s*(?:ONE)";

  private static final String BETTER =
      INTRO
          + "(?:ONE)\\s+(?i:is|was|seems|looks)\\s+"
          + "(?:(?i:much|far|clearly|definitely|slightly|somewhat|a\\s+bit|a\\s+little)\\s+)?"
          + "(?:(?i:the)\\s+)?(?i:better|best|preferred|preferable|superior|stronger|winner)\\b"
          + "(?:\\s+NOUN)?(?:\\s+(?i:overall|here))?(?:\\s+(?i:than)\\s+(?:OTHER))?";

  private static final String CHOSEN =
      INTRO
          + "(?i:i\\s+(?:would\\s+|will\\s+)?(?:prefer|choose|pick|select|favou?r))\\s+(?:ONE)"
          + "(?:\\s+(?i:over)\\s+(?:OTHER))?";

  /** What a text may be as a whole, but for marks around it. */
  private static final List<Pattern> RULES =
      List.of(
          rule("([12AB])"),
          rule(CALLED), // Answer: 2, Better=2, The better one is 2
          rule(BETTER), // The first one is better, 2 is much better than 1
          rule(CHOSEN)); // I prefer the first one

  /**
   * Completion 2, the second one: a whole answer, but also how "the second one is worse" begins.
   */
  private static final Pattern NAMED = rule("(?=.*\\s)(?:ONE)");

  /** What a reasoned text may end with, on a line of its own. */
  private static final Pattern LAST_LINE = rule(CALLED);

  /** A digit on the first line, and then an explanation. */
  private static final Pattern FIRST_LINE =
      Pattern.compile("\\s*([12])[ .!]*\\R\\s*\\p{Lu}.*", Pattern.DOTALL);

  /** Marked as the verdict, wherever it stands; all such marks in a text must say the same. */
  private static final Pattern MARKED =
      Pattern.compile(
          "\\[\\[\\s*([12AB])\\s*]]|\\\\boxed\\{\\s*([12AB])\\s*}|<answer>\\s*([12AB])\\s*</answer>");

  /** Anything that may be about one of the two. */
  private static final Pattern MENTION =
      Pattern.compile("[12]|\\b[AB]\\b|\\b(?i:first|second|former|latter)\\b");

  private static final Pattern MARKS =
      Pattern.compile("[*_`\"'\u2018\u2019\u201c\u201d(){}<>#\\[\\]]");
  private static final String END_OF_THOUGHT = "</think>";

  private static Pattern rule(String pattern) {
    String whole = pattern.replace("ONE", ONE).replace("OTHER", OTHER).replace("NOUN", NOUN);
    return Pattern.compile("\\s*" + whole + "[\\s.!,;:]*");
  }

  /**
   * Reads a verdict, or null if the text is none.
   *
   * @param whole whether there is no more of it: it was not cut off
   */
  static @Nullable SpokenVerdict in(String text, boolean whole) {
    int thought = text.lastIndexOf(END_OF_THOUGHT);
    int start = thought < 0 ? 0 : thought + END_OF_THOUGHT.length();
    String said = text.substring(start);
    SpokenVerdict marked = marked(said);
    SpokenVerdict found = marked != null ? marked : plain(said, whole);
    return found == null
        ? null
        : new SpokenVerdict(found.first(), found.said(), start + found.at());
  }

  private static @Nullable SpokenVerdict marked(String text) {
    SpokenVerdict found = null;
    for (Matcher matcher = MARKED.matcher(text); matcher.find(); ) {
      SpokenVerdict next = of(matcher);
      if (found != null && found.first() != next.first()) {
        return null;
      }
      found = next;
    }
    return found;
  }

  private static @Nullable SpokenVerdict plain(String text, boolean whole) {
    if (MARKED.matcher(text).find()) {
      return null; // marks that contradict each other
    }
    // As long as before, so that places stay what they are.
    String bare = MARKS.matcher(text).replaceAll(" ");
    int end = bare.stripTrailing().length();
    int start = Math.min(end, bare.length() - bare.stripLeading().length());
    if (end - start <= LONGEST) {
      List<Pattern> rules = new ArrayList<>(RULES);
      rules.add(FIRST_LINE);
      if (whole) {
        rules.add(NAMED);
      }
      for (Pattern rule : rules) {
        Matcher matcher = rule.matcher(bare).region(start, end);
        if (matcher.matches()) {
          return of(matcher);
        }
      }
    }
    int lastLine = Math.max(start, bare.lastIndexOf('\n', end - 1) + 1);
    if (end - lastLine > LONGEST) {
      return null;
    }
    Matcher last = LAST_LINE.matcher(bare).region(lastLine, end);
    return last.matches() ? of(last) : null;
  }

  /** Whether a text says anything about one of the two. */
  static boolean mentionsOne(String text) {
    return MENTION.matcher(text).find();
  }

  private static SpokenVerdict of(Matcher matcher) {
    for (int group = 1; group <= matcher.groupCount(); group++) {
      String said = matcher.group(group);
      if (said != null) {
        return new SpokenVerdict(isFirst(said), said, matcher.start(group));
      }
    }
    throw new IllegalStateException("a rule without a group that decides");
  }

  private static boolean isFirst(String said) {
    return switch (said.toLowerCase(Locale.ROOT)) {
      case "1", "a", "first", "former" -> true;
      default -> false;
    };
  }

  /** What would have been said in the same place about the other one. */
  String rival() {
    return switch (said.toLowerCase(Locale.ROOT)) {
      case "1" -> "2";
      case "2" -> "1";
      case "a" -> "B";
      case "b" -> "A";
      case "first" -> "second";
      case "second" -> "first";
      case "former" -> "latter";
      default -> "former";
    };
  }
}
