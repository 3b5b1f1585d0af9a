package org.rlaif.training.onpolicy;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.MayBeAbsent;
import org.rlaif.training.learning.BestWeights.Best;
import org.rlaif.training.learning.Stopwatch;

/**
 * What came of all updates: the last one's means, and the first one's under {@code start}.
 *
 * @param firstMinibatch of all, where trainer and server must agree
 * @param weightsVersion that is served in the end
 * @param seconds by part
 * @param tooLong prompts that were left out
 * @param leftOut completions, groups and steps
 * @param best whose weights are left, if the best ones are kept; else null
 */
public record OnPolicyFigures(
    double score,
    double kl,
    double length,
    double endedFraction,
    double entropy,
    Start start,
    int updates,
    FirstMinibatch firstMinibatch,
    Parity parity,
    long weightsVersion,
    Map<String, Double> seconds,
    int tooLong,
    LeftOut leftOut,
    @MayBeAbsent @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable BestUpdate best) {

  /**
   * Whose weights are left.
   *
   * @param figure by which they are the best
   * @param update whose batch they wrote, before it was learned from; counted from 0
   * @param value that the figure had then
   */
  public record BestUpdate(String figure, int update, double value) {
    static BestUpdate of(String figure, Best best) {
      return new BestUpdate(figure, best.at(), best.value());
    }
  }

  /**
   * What was left out.
   *
   * @param missingRewards completions of all updates that were left out; null: they would have
   *     ended the run
   * @param groupsWithoutVariance share of the groups whose scores are all the same, mean over the
   *     updates; null without groups
   * @param droppedGroups that were left out for it; null: the algorithm keeps them
   * @param stoppedUpdates that ended early, as the policy was too far from the one that wrote their
   *     batch; null: they may go as far as they will
   */
  public record LeftOut(
      @Nullable Integer missingRewards,
      @Nullable Double groupsWithoutVariance,
      @Nullable Integer droppedGroups,
      @Nullable Integer stoppedUpdates) {

    static final LeftOut NONE = new LeftOut(null, null, null, null);

    /** With those of one more update behind some. */
    LeftOut and(UpdateRow row, int updates) {
      Integer skipped = row.learned().skippedSteps();
      return new LeftOut(
          sum(missingRewards, row.asked().missingRewards()),
          mean(groupsWithoutVariance, updates, row.asked().groupsWithoutVariance()),
          sum(droppedGroups, row.asked().droppedGroups()),
          sum(stoppedUpdates, skipped == null ? null : Integer.valueOf(Math.min(skipped, 1))));
    }

    private static @Nullable Integer sum(@Nullable Integer before, @Nullable Integer one) {
      return before == null || one == null ? one : Integer.valueOf(before + one);
    }

    private static @Nullable Double mean(
        @Nullable Double before, int updates, @Nullable Double one) {
      return before == null || one == null
          ? one
          : Double.valueOf((before * updates + one) / (updates + 1));
    }
  }

  /** Means of the first update. */
  public record Start(
      double score, double kl, double length, double endedFraction, double entropy) {}

  /** Extreme ratios of probabilities, and the rollout's KL to the reference. */
  public record FirstMinibatch(double ratioMin, double ratioMax, double kl) {}

  /**
   * How far the engines are apart.
   *
   * @param maxAbsLogprobDifference over the tokens of all rollouts that the trainer's weights wrote
   * @param publishMaxAbsLogprobDifference over the probes of all publications
   * @param publishUndetermined publications that proved nothing
   * @param threshold the largest that is allowed
   */
  public record Parity(
      double maxAbsLogprobDifference,
      double publishMaxAbsLogprobDifference,
      long publishUndetermined,
      double threshold) {}

  /** Of the first update. */
  static OnPolicyFigures first(UpdateRow row, double threshold, int tooLong) {
    UpdateRow.Seen seen = row.seen();
    var start =
        new Start(seen.score(), seen.kl(), seen.length(), seen.endedFraction(), seen.entropy());
    var minibatch =
        new FirstMinibatch(row.learned().firstRatioMin(), row.learned().firstRatioMax(), seen.kl());
    return of(row, start, minibatch, new Parity(0, 0, 0, threshold), 0, tooLong, LeftOut.NONE);
  }

  /** With one more update behind these. */
  OnPolicyFigures and(UpdateRow row) {
    return of(row, start, firstMinibatch, parity, updates, tooLong, leftOut);
  }

  private static OnPolicyFigures of(
      UpdateRow row,
      Start start,
      FirstMinibatch firstMinibatch,
      Parity before,
      int updatesBefore,
      int tooLong,
      LeftOut leftOutBefore) {
    UpdateRow.Seen now = row.seen();
    UpdateRow.Published published = row.published();
    return new OnPolicyFigures(
        now.score(),
        now.kl(),
        now.length(),
        now.endedFraction(),
        now.entropy(),
        start,
        updatesBefore + 1,
        firstMinibatch,
        new Parity(
            Math.max(before.maxAbsLogprobDifference, Objects.requireNonNullElse(now.parity(), 0.0)),
            Math.max(
                before.publishMaxAbsLogprobDifference,
                published == null ? 0 : published.publishParity()),
            before.publishUndetermined
                + (published == null || published.publishUndetermined() == null ? 0 : 1),
            before.threshold),
        row.weightsVersion(),
        Map.of(),
        tooLong,
        leftOutBefore.and(row, updatesBefore),
        null);
  }

  /** The same, with the seconds that all of it took. */
  OnPolicyFigures in(Stopwatch watch) {
    return new OnPolicyFigures(
        score,
        kl,
        length,
        endedFraction,
        entropy,
        start,
        updates,
        firstMinibatch,
        parity,
        weightsVersion,
        watch.seconds(),
        tooLong,
        leftOut,
        best);
  }

  /**
   * The same where the weights of an update are left, which were published once more.
   *
   * @param kept of which update
   * @param difference over the probes of that publication
   * @param version that is served now
   */
  OnPolicyFigures left(BestUpdate kept, double difference, long version) {
    return new OnPolicyFigures(
        score,
        kl,
        length,
        endedFraction,
        entropy,
        start,
        updates,
        firstMinibatch,
        new Parity(
            parity.maxAbsLogprobDifference,
            Math.max(parity.publishMaxAbsLogprobDifference, difference),
            parity.publishUndetermined,
            parity.threshold),
        version,
        seconds,
        tooLong,
        leftOut,
        kept);
  }
}
