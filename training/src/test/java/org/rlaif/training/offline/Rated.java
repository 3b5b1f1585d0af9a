package org.rlaif.training.offline;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.training.config.RewardConfig;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.tldr.Facts;
import org.rlaif.training.tldr.Post;

/** Rated completions for tests, rated by what is in them. */
final class Rated {
  private Rated() {}

  /** Of the toy task: how often it says yes, and ten times its words, which every fourth lacks. */
  static List<RatedCompletion> toy(int n, long seed) {
    Random random = new Random(seed);
    List<RatedCompletion> rated = new ArrayList<>();
    for (Example each : Toy.examples(n, seed)) {
      SortedMap<String, Double> ratings = new TreeMap<>();
      String[] words = each.completion().strip().split(" ");
      ratings.put("assent", (double) Stream.of(words).filter("yes"::equals).count());
      if (random.nextInt(4) > 0) {
        ratings.put("words", 10.0 * words.length);
      }
      rated.add(of(each.id(), each.prompt(), each.completion(), ratings));
    }
    return rated;
  }

  /** Facts of the post that are told, sentences that are wrong or do not matter, and words. */
  static RatedCompletion tldr(Post post, String completion) {
    SortedMap<String, Double> ratings = new TreeMap<>();
    Facts facts = post.facts();
    List<String> all =
        List.of(
            facts.name(),
            facts.relation(),
            facts.action(),
            facts.object(),
            facts.duration(),
            facts.question());
    double inventions = 0;
    for (String sentence : completion.strip().split("(?<=[.?!]) ")) {
      inventions += isTrue(sentence, facts) ? 0 : 1;
    }
    ratings.put("facts", (double) all.stream().filter(completion::contains).count());
    ratings.put("inventions", inventions);
    ratings.put("words", (double) completion.strip().split(" +").length);
    return of(post.id() + completion.length(), Prompt.of(post.prompt()), completion, ratings);
  }

  private static boolean isTrue(String sentence, Facts facts) {
    if (sentence.startsWith("It has been ")) {
      return sentence.contains(facts.duration());
    }
    if (sentence.startsWith("Should I ")) {
      return sentence.contains(facts.question());
    }
    return sentence.startsWith("My " + facts.relation())
        && (sentence.contains("did something bad") || sentence.contains(facts.action()))
        && (!sentence.contains(" my ") || sentence.contains(facts.object()));
  }

  private static RatedCompletion of(
      String id, Prompt prompt, String completion, SortedMap<String, Double> ratings) {
    return new RatedCompletion(id, prompt, completion, ratings, Provenance.human());
  }

  static RewardConfig config(
      SortedMap<String, Double> attributes,
      int epochs,
      int batch,
      Integer microbatch,
      double learningRate) {
    return new RewardConfig(
        "",
        RewardConfig.Loss.REGRESSION,
        attributes,
        RewardConfig.Labels.SOFT,
        0,
        1,
        epochs,
        batch,
        microbatch,
        learningRate,
        0.1,
        0.1,
        1,
        Toy.ADAM);
  }
}
