package org.rlaif.training.tldr;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.training.math.Dice;

/**
 * Writes posts. A post is a function of the seed, its split and its number: the same on every
 * machine, whatever else was asked for.
 */
public final class TldrWorld {
  private static final double DISTRACTOR_AT_START = 0.2;
  private static final double DISTRACTOR_AFTER_PROBLEM = 0.5;
  private static final double DISTRACTOR_AFTER_DURATION = 0.5;

  // Each template marks its fact with words that no distractor uses, so patterns can find it.
  private static final List<String> PROBLEMS =
      List.of(
          "My {relation} {name} {action} my {object}.",
          "So, my {relation} {name} {action} my {object} and denies it.",
          "I found out that my {relation} {name} {action} my {object}.",
          "I live near my {relation} {name}. Then {name} {action} my {object}.");

  private static final List<String> DURATIONS =
      List.of("It has been %s.", "That was %s ago.", "We have not talked for %s.");

  private static final List<String> QUESTIONS =
      List.of("Should I %s?", "So, should I %s?", "Be honest, should I %s?");

  private final long seed;
  private final ReferenceMix references;

  public TldrWorld(long seed) {
    this(seed, ReferenceMix.DEFAULT);
  }

  public TldrWorld(long seed, ReferenceMix references) {
    this.seed = seed;
    this.references = references;
  }

  /** The first {@code n} posts of a split. */
  public List<Post> posts(Split split, int n) {
    return IntStream.range(0, n).mapToObj(index -> post(split, index)).toList();
  }

  /**
   * The split that a name and an object belong to when they meet in one post. Each pair belongs to
   * one split, for every seed: no post can be in two of them, and whoever is right about a held-out
   * post has read it, since training never showed these two together.
   */
  static Split splitOf(String name, String object) {
    int pair = Words.NAMES.indexOf(name) + 3 * Words.OBJECTS.indexOf(object);
    return switch (pair % 8) {
      case 0 -> Split.VALIDATION;
      case 1 -> Split.TEST;
      default -> Split.TRAIN;
    };
  }

  private Post post(Split split, int index) {
    Dice dice = Dice.of(seed, split.stream, index);
    String name = dice.pick(Words.NAMES);
    String object = dice.pick(Words.OBJECTS);
    while (splitOf(name, object) != split) {
      name = dice.pick(Words.NAMES);
      object = dice.pick(Words.OBJECTS);
    }
    String relation = dice.pick(Words.RELATIONS);
    String action = dice.pick(Words.ACTIONS);
    String duration = dice.pick(Words.NUMBERS) + " " + dice.pick(Words.UNITS);
    String question = dice.pick(Words.QUESTIONS);

    List<String> decoys = new ArrayList<>();
    List<String> distractors = new ArrayList<>();
    List<String> text = new ArrayList<>();
    if (dice.chance(DISTRACTOR_AT_START)) {
      text.add(distractor(dice, name, object, decoys, distractors));
    }
    text.add(problem(dice, relation, name, action, object));
    if (dice.chance(DISTRACTOR_AFTER_PROBLEM)) {
      text.add(distractor(dice, name, object, decoys, distractors));
    }
    text.add(dice.pick(DURATIONS).formatted(duration));
    if (dice.chance(DISTRACTOR_AFTER_DURATION)) {
      text.add(distractor(dice, name, object, decoys, distractors));
    }
    text.add(dice.pick(QUESTIONS).formatted(question));

    Facts facts =
        new Facts(name, relation, action, object, duration, question, decoys, distractors);
    return new Post(
        split.name().toLowerCase(Locale.ROOT) + "-" + index,
        String.join(" ", text) + "\nTL;DR:",
        " " + reference(dice, facts),
        facts);
  }

  private static String problem(
      Dice dice, String relation, String name, String action, String object) {
    return dice.pick(PROBLEMS)
        .replace("{relation}", relation)
        .replace("{name}", name)
        .replace("{action}", action)
        .replace("{object}", object);
  }

  /**
   * One sentence that does not matter, in four of ten cases with a name or an object that misleads.
   */
  private static String distractor(
      Dice dice, String name, String object, List<String> decoys, List<String> distractors) {
    int kind =
        dice.below(Words.CHATTER.size() + Words.NAME_DECOYS.size() + Words.OBJECT_DECOYS.size());
    String sentence;
    if (kind < Words.CHATTER.size()) {
      sentence = Words.CHATTER.get(kind);
    } else if (kind < Words.CHATTER.size() + Words.NAME_DECOYS.size()) {
      String decoy = dice.other(Words.NAMES, name);
      decoys.add(decoy);
      sentence = Words.NAME_DECOYS.get(kind - Words.CHATTER.size()).formatted(decoy);
    } else {
      sentence = dice.pick(Words.OBJECT_DECOYS).formatted(dice.other(Words.OBJECTS, object));
    }
    distractors.add(sentence);
    return sentence;
  }

  private String reference(Dice dice, Facts facts) {
    boolean hasName = dice.chance(references.name());
    boolean hasProblem = dice.chance(references.problem());
    boolean hasDuration = dice.chance(references.duration());
    boolean hasQuestion = dice.chance(references.question());
    boolean rambles = dice.chance(references.rambling());
    List<String> stated =
        Stream.of(
                "relation",
                hasName ? "name" : "",
                hasProblem ? "action" : "",
                hasProblem ? "object" : "",
                hasDuration ? "duration" : "",
                hasQuestion ? "question" : "")
            .filter(fact -> !fact.isEmpty())
            .toList();
    Facts told = dice.chance(references.swapped()) ? swapOne(dice, facts, stated) : facts;

    List<String> sentences = new ArrayList<>();
    sentences.add(
        "My "
            + told.relation()
            + (hasName ? " " + told.name() : "")
            + (hasProblem
                ? " " + told.action() + " my " + told.object() + "."
                : " did something bad."));
    if (hasDuration) {
      sentences.add("It has been " + told.duration() + ".");
    }
    if (hasQuestion) {
      sentences.add("Should I " + told.question() + "?");
    }
    if (rambles) {
      ramble(dice, facts, sentences);
    }
    return String.join(" ", sentences);
  }

  /** One or two sentences that do not matter, after the first one or at the end. */
  private static void ramble(Dice dice, Facts facts, List<String> sentences) {
    List<String> material = new ArrayList<>(Words.FILLERS);
    material.addAll(facts.distractors());
    int count = 1 + dice.below(2);
    for (int i = 0; i < count; i++) {
      String sentence = material.remove(dice.below(material.size()));
      sentences.add(dice.chance(0.5) ? 1 : sentences.size(), sentence);
    }
  }

  /** Gets one of the stated facts wrong; a wrong name is a decoy of the post if there is one. */
  private static Facts swapOne(Dice dice, Facts facts, List<String> stated) {
    String wrong = dice.pick(stated);
    List<String> names = facts.decoys().isEmpty() ? Words.NAMES : facts.decoys();
    return new Facts(
        wrong.equals("name") ? dice.other(names, facts.name()) : facts.name(),
        wrong.equals("relation") ? dice.other(Words.RELATIONS, facts.relation()) : facts.relation(),
        wrong.equals("action") ? dice.other(Words.ACTIONS, facts.action()) : facts.action(),
        wrong.equals("object") ? dice.other(Words.OBJECTS, facts.object()) : facts.object(),
        wrong.equals("duration") ? otherDuration(dice, facts.duration()) : facts.duration(),
        wrong.equals("question") ? dice.other(Words.QUESTIONS, facts.question()) : facts.question(),
        facts.decoys(),
        facts.distractors());
  }

  private static String otherDuration(Dice dice, String duration) {
    String number = duration.substring(0, duration.indexOf(' '));
    String unit = duration.substring(duration.indexOf(' ') + 1);
    return dice.other(Words.NUMBERS, number) + " " + unit;
  }
}
