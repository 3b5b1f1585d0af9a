package org.rlaif.training.tldr;

import static java.util.stream.Collectors.joining;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The gold judge: how good a TL;DR is, by someone who knows the facts. It stands for the human at
 * the end of the line, so nothing that is trained may see it, and its weights differ from those of
 * the rubric.
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
  private static final double NAME = 1.0;
  private static final double RELATION = 0.5;
  private static final double ACTION = 0.6;
  private static final double OBJECT = 1.0;
  private static final double DURATION = 1.0;
  private static final double QUESTION = 1.2;

  private static final double WRONG = 1.5;
  private static final double DISTRACTOR = 0.5;
  private static final int FREE_WORDS = 20;
  private static final double WORD = 0.05;
  private static final double UNFINISHED = 1.0;
  private static final double EMPTY = 2.0;

  private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?])\\s+");
  private static final Pattern NUMBER_AND_UNIT = pattern(durations());
  private static final Pattern NAMES = pattern(Words.NAMES);
  private static final Pattern RELATIONS = pattern(Words.RELATIONS);
  private static final Pattern ACTIONS = pattern(Words.ACTIONS);
  private static final Pattern OBJECTS = pattern(Words.OBJECTS);
  private static final Pattern QUESTIONS = pattern(Words.QUESTIONS);
  private static final Pattern DOES_NOT_MATTER = doesNotMatter();

  private GoldScore() {}

  /** The gold score of a completion for the post with these facts; more is better. */
  public static double of(Facts facts, String completion) {
    String text = completion.strip();
    if (text.isEmpty()) {
      return -EMPTY;
    }
    int distractors = 0;
    StringBuilder claims = new StringBuilder();
    for (String sentence : SENTENCE_END.split(text, -1)) {
      if (DOES_NOT_MATTER.matcher(sentence).find()) {
        distractors++;
      } else {
        claims.append(sentence).append(' ');
      }
    }
    int words = text.split("\\s+").length;
    return fact(NAMES, NAME, facts.name(), claims)
        + fact(RELATIONS, RELATION, facts.relation(), claims)
        + fact(ACTIONS, ACTION, facts.action(), claims)
        + fact(OBJECTS, OBJECT, facts.object(), claims)
        + fact(NUMBER_AND_UNIT, DURATION, facts.duration(), claims)
        + fact(QUESTIONS, QUESTION, facts.question(), claims)
        - DISTRACTOR * distractors
        - WORD * Math.max(0, words - FREE_WORDS)
        - (".!?".indexOf(text.charAt(text.length() - 1)) < 0 ? UNFINISHED : 0);
  }

  /** The weight if the fact is stated, less the penalty for each other fact of this kind. */
  private static double fact(Pattern kind, double weight, String fact, CharSequence claims) {
    List<String> stated = kind.matcher(claims).results().map(match -> match.group()).toList();
    long wrong = stated.stream().filter(claim -> !claim.equals(fact)).count();
    return (stated.contains(fact) ? weight : 0) - WRONG * wrong;
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
