package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.kit.Statistics;
import org.rlaif.kit.UserError;
import org.rlaif.training.config.OnPolicyConfig;
import org.rlaif.training.learning.Order;
import org.rlaif.training.learning.Seeds;
import org.rlaif.training.learning.Stopwatch;
import org.rlaif.training.math.GroupAdvantages;
import org.rlaif.training.math.Rewards;
import org.rlaif.training.rewards.WeightedReward;
import org.rlaif.training.rollouts.Rollout;

/**
 * An update's completions and what they are worth. A completion without a reward is left out, if
 * that is not an error; and an algorithm that learns nothing from groups whose scores are all the
 * same asks for others in their place, a few times at most.
 */
final class Sampling {
  private final String name;
  private final OnPolicyAlgorithm algorithm;
  private final OnPolicyConfig config;
  private final long seed;
  private final Policy policy;
  private final WeightedReward reward;
  private final List<Example> prompts;
  private final Order order;

  /** Writes completions. */
  @FunctionalInterface
  interface Policy {
    Rollout answer(List<Example> prompts, long seed);
  }

  /**
   * @param name of the algorithm, in errors
   * @param prompts that are asked, in an order of the seed's
   * @param asked how many have been asked in updates before
   */
  Sampling(
      String name,
      OnPolicyAlgorithm algorithm,
      OnPolicyConfig config,
      long seed,
      Policy policy,
      WeightedReward reward,
      List<Example> prompts,
      long asked) {
    this.name = name;
    this.algorithm = algorithm;
    this.config = config;
    this.seed = seed;
    this.policy = policy;
    this.reward = reward;
    this.prompts = prompts;
    this.order = new Order(prompts.size(), Seeds.of(seed, "prompts", 0));
    order.skipTo(asked);
  }

  /** Prompts that have been asked in all. */
  long asked() {
    return order.drawn();
  }

  /**
   * What is learned from.
   *
   * @param groups sizes of the groups of completions of one prompt, in their order
   * @param scores what each completion is worth, as the rewards say
   * @param shaped clipped, a missing end punished
   * @param means of the reward's parts, before their weights
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Batch(
      Rollout rollout,
      int[] groups,
      double[] scores,
      double[] shaped,
      Map<String, Double> means,
      Asked asked) {}

  /**
   * What it took.
   *
   * @param missingRewards completions without a reward; null: they would have ended the run
   * @param groupsWithoutVariance share of the groups that were asked for; null without groups
   * @param droppedGroups that were left out for it, and {@code rounds} of asking; null if the
   *     algorithm keeps them
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Asked(
      @MayBeAbsent @Nullable Integer missingRewards,
      @MayBeAbsent @Nullable Double groupsWithoutVariance,
      @MayBeAbsent @Nullable Integer droppedGroups,
      @MayBeAbsent @Nullable Integer rounds) {}

  Batch next(int update, Stopwatch lap) {
    int samples = algorithm.samples();
    int most = algorithm.rounds();
    int wanted = config.batch() / samples;
    Collected kept = new Collected();
    int missing = 0;
    int groups = 0;
    int same = 0;
    int round = 0;
    do {
      Rollout rollout = rollout(wanted - kept.groups.size(), update, round);
      lap.lap("rollout");
      WeightedReward.Scores scores = reward.of(rollout.written());
      lap.lap("score");
      double[] shaped = shaped(config, scores.sums(), rollout);
      missing += (int) Arrays.stream(shaped).filter(Double::isNaN).count();
      for (int from = 0; from < rollout.size(); from += samples) {
        int[] rows =
            IntStream.range(from, from + samples)
                .filter(row -> !Double.isNaN(shaped[row]))
                .toArray();
        if (rows.length < Math.min(samples, 2)) {
          continue; // nothing to compare with
        }
        groups++;
        boolean uniform = samples > 1 && isUniform(shaped, rows);
        same += uniform ? 1 : 0;
        kept.add(rollout, scores, shaped, rows, uniform && most > 0);
      }
      round++;
    } while (round < most && kept.groups.size() < wanted);
    kept.orElseUniform();
    UserError.require(
        !kept.groups.isEmpty(),
        "%s, update %d: completions with rewards".formatted(name, update),
        0,
        "at least 1");
    return kept.batch(
        new Asked(
            reward.leavesOut() ? missing : null,
            samples > 1 ? (double) same / groups : null,
            most > 0 ? kept.dropped : null,
            most > 0 ? round : null));
  }

  private static boolean isUniform(double[] shaped, int[] rows) {
    double[] group = IntStream.of(rows).mapToDouble(row -> shaped[row]).toArray();
    return GroupAdvantages.withoutVariance(group, new int[] {group.length})[0];
  }

  private Rollout rollout(int count, int update, int round) {
    int[] chosen = order.next(count);
    String purpose = round == 0 ? name : name + ", round " + round;
    return policy.answer(
        IntStream.of(chosen).mapToObj(prompts::get).toList(), Seeds.of(seed, purpose, update));
  }

  /** Scores as they are learned: clipped, a missing end punished. */
  static double[] shaped(OnPolicyConfig config, double[] scores, Rollout rollout) {
    double[] shaped = new double[scores.length];
    for (int i = 0; i < shaped.length; i++) {
      shaped[i] =
          Rewards.shape(
              scores[i],
              rollout.ended()[i],
              config.missingEnd(),
              config.missingEndPenalty(),
              config.scoreClip());
    }
    return shaped;
  }

  /** Groups that are learned, and those that are not, which stay for want of better ones. */
  private static final class Collected {
    private record Group(
        Rollout rollout, WeightedReward.Scores scores, double[] shaped, int[] rows) {}

    private final List<Group> groups = new ArrayList<>();
    private final List<Group> uniform = new ArrayList<>();
    private int dropped;

    void add(
        Rollout rollout,
        WeightedReward.Scores scores,
        double[] shaped,
        int[] rows,
        boolean isDropped) {
      dropped += isDropped ? 1 : 0;
      (isDropped ? uniform : groups).add(new Group(rollout, scores, shaped, rows));
    }

    /** An update has to be of something: one group, if all of them are uniform. */
    void orElseUniform() {
      if (groups.isEmpty() && !uniform.isEmpty()) {
        groups.add(uniform.get(0));
        dropped--;
      }
    }

    Batch batch(Asked asked) {
      List<Rollout> rollouts = new ArrayList<>();
      List<Double> scores = new ArrayList<>();
      List<Double> shaped = new ArrayList<>();
      Map<String, List<Double>> parts = new LinkedHashMap<>();
      for (Group group : groups) {
        rollouts.add(group.rollout.select(group.rows));
        for (int row : group.rows) {
          scores.add(group.scores.sums()[row]);
          shaped.add(group.shaped[row]);
          group
              .scores
              .parts()
              .forEach(
                  (part, each) ->
                      parts.computeIfAbsent(part, first -> new ArrayList<>()).add(each[row]));
        }
      }
      Map<String, Double> means = new LinkedHashMap<>();
      parts.forEach((part, each) -> means.put(part, Statistics.mean(numbers(each))));
      return new Batch(
          Rollout.join(rollouts),
          groups.stream().mapToInt(group -> group.rows.length).toArray(),
          numbers(scores),
          numbers(shaped),
          means,
          asked);
    }

    private static double[] numbers(List<Double> boxed) {
      return boxed.stream().mapToDouble(Double::doubleValue).toArray();
    }
  }
}
