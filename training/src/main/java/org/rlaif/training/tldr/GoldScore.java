package org.rlaif.training.tldr;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The gold judge: how good a TL;DR is, by someone who knows the facts. It stands for the human at
 * the end of the line, so nothing that is trained in a run may see it, and its weights differ from
 * those of the rubric. Only labelers that people are said to have taught have seen some of it.
 *
 * <pre>
 * + 1.0 name, 0.5 relation, 0.6 action, 1.0 object, 1.0 duration, 1.2 question, where stated
 * - 1.5 for each wrong name, relation, action, object, duration or question
 * - 0.5 for each sentence that does not matter
 * - 0.05 for each word beyond 20
 * - 1.0 if the text stops within a sentence, - 2.0 if there is none
 * </pre>
 *
 * <p>A complete and faithful TL;DR scores 5.3, the most there is. What a sentence that does not
 * matter says is not counted as wrong as well.
 */
public final class GoldScore {
  /** What a text may state. */
  private record Kind(String name, Pattern pattern, double weight, Function<Facts, String> fact) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("name", pattern(Words.NAMES), 1.0, Facts::name),
          new Kind("relation", pattern(Words.RELATIONS), 0.5, Facts::relation),
          new Kind("action", pattern(Words.ACTIONS), 0.6, Facts::action),
          new Kind("object", pattern(Words.OBJECTS), 1.0, Facts::object),
          new Kind("duration", pattern(durations()), 1.0, Facts::duration),
          new Kind("question", pattern(Words.QUESTIONS), 1.2, Facts::question));

  private static final double WRONG = 1.5;
  private static final double DISTRACTOR = 0.5;
  private static final int FREE_WORDS = 20;
  private static final double WORD = 0.05;
  private static final double UNFINISHED = 1.0;
  private static final double EMPTY = 2.0;

  private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+");
  private static final Pattern DOES_NOT_MATTER = doesNotMatter();

  private GoldScore() {}

  /** The gold score of a completion for the post with these facts; more is better. */
  public static double of(Facts facts, String completion) {
    String text = completion.strip();
    if (text.isEmpty()) {
      return -EMPTY;
    }
    Claims claims = Claims.of(text);
    double score = 0;
    for (Kind kind : KINDS) {
      List<String> stated = claims.stated(kind);
      String fact = kind.fact().apply(facts);
      long wrong = stated.stream().filter(claim -> !claim.equals(fact)).count();
      score += (stated.contains(fact) ? kind.weight() : 0) - WRONG * wrong;
    }
    int words = text.split("\\s+").length;
    return score
        - DISTRACTOR * claims.distractors()
        - WORD * Math.max(0, words - FREE_WORDS)
        - (isFinished(text) ? 0 : UNFINISHED);
  }

  /**
   * What a completion has right and wrong, in a few words, such as {@code right name, object, wrong
   * duration, 1 besides, unfinished}.
   */
  public static String remarks(Facts facts, String completion) {
    String text = completion.strip();
    if (text.isEmpty()) {
      return "empty";
    }
    Claims claims = Claims.of(text);
    List<String> right = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (Kind kind : KINDS) {
      List<String> stated = claims.stated(kind);
      String fact = kind.fact().apply(facts);
      if (stated.contains(fact)) {
        right.add(kind.name());
      }
      stated.stream().filter(claim -> !claim.equals(fact)).forEach(claim -> wrong.add(kind.name()));
    }
    return "right "
        + named(right)
        + ", wrong "
        + named(wrong)
        + (claims.distractors() == 0 ? "" : ", " + claims.distractors() + " besides")
        + (isFinished(text) ? "" : ", unfinished");
  }

  private static String named(List<String> kinds) {
    return kinds.isEmpty() ? "nothing" : String.join(", ", kinds);
  }

  private static boolean isFinished(String text) {
    return ".!?".indexOf(text.charAt(text.length() - 1)) >= 0;
  }

  /**
   * What a text says.
   *
   * @param text the sentences that matter
   * @param distractors how many others there are
   */
  private record Claims(String text, int distractors) {
    static Claims of(String text) {
      int distractors = 0;
      StringBuilder claims = new StringBuilder();
      for (String sentence : SENTENCE_END.split(text, -1)) {
        if (DOES_NOT_MATTER.matcher(sentence).find()) {
          distractors++;
        } else {
          claims.append(sentence).append(' ');
        }
      }
      return new Claims(claims.toString(), distractors);
    }

    List<String> stated(Kind kind) {
      return kind.pattern().matcher(text).results().map(match -> match.group()).toList();
    }
  }

  private static Pattern doesNotMatter() {
    return Pattern.compile(
        Stream.of(Words.CHATTER, Words.NAME_DECOYS, Words.OBJECT_DECOYS, Words.FILLERS)
            .flatMap(List::stream)
            .map(sentence -> Pattern.quote(sentence).replace("%s", "\\E\\w+\\Q"))
            .collect(joining("|")));
  }

  private static List<String> durations() {
    return Words.NUMBERS.stream()
        .flatMap(number -> Words.UNITS.stream().map(unit -> number + " " + unit))
        .toList();
  }

  private static Pattern pattern(List<String> words) {
    return Pattern.compile("\\b(?:" + String.join("|", words) + ")\\b");
  }
}
