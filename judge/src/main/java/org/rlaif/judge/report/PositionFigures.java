package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.LabelReport;
import org.rlaif.judge.Logistic;
import org.rlaif.judge.Verdict;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Statistics;

/**
 * What a judge adds for a position. As in Lee et al. 2023 (arXiv 2309.00267, section 2.1 and
 * appendix B) the same-position rate is the share of pairs of which both orders favour the same
 * place.
 *
 * @param same share of the pairs asked of which both orders favour the same place
 * @param sameThatIsFirst share of these in which it is the first place
 * @param bias mean probability of what stands first, less 0.5
 * @param logOdds the same in log-odds; null if all labels are hard
 * @param margins the same by how far the label is from even
 */
public record PositionFigures(
    Share same,
    @Nullable Share sameThatIsFirst,
    @Nullable Double bias,
    @Nullable Interval biasInterval,
    @Nullable LogOdds logOdds,
    List<Margin> margins) {
  private static final int BINS = 5;

  /**
   * Labels whose distance from 0.5 is at least {@code from} and, but for the last, below {@code
   * to}.
   */
  public record Margin(
      double from, double to, int pairs, @Nullable Share same, @Nullable Share sameThatIsFirst) {}

  /**
   * Bias as a constant that is added to the log-odds of what stands first: what a language model's
   * logits, or a rubric's {@code positionBias / temperature}, add. Half the difference of both
   * orders' log-odds for the same completion measures it, half their sum is free of it, exactly.
   *
   * @param pairs that have both orders' probabilities, neither of them 0 or 1
   * @param bias mean, in nats; above 0 favours the first place
   * @param firstIfEven how probable the judge finds what stands first where both are equally good
   * @param moved how far the label that is free of it lies from the label, the mean of both orders'
   *     probabilities: mean absolute difference. Both always favour the same completion.
   */
  public record LogOdds(
      int pairs, double bias, @Nullable Interval interval, double firstIfEven, double moved) {}

  /** Null if no pair was asked in both orders. */
  static @Nullable PositionFigures of(List<Opinion> labels) {
    List<Opinion> asked =
        labels.stream()
            .filter(each -> each.verdict().forward() != null && each.verdict().reversed() != null)
            .toList();
    if (asked.isEmpty()) {
      return null;
    }
    LabelReport all = report(asked);
    List<Margin> margins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      double from = 0.5 * bin / BINS;
      double to = 0.5 * (bin + 1) / BINS;
      boolean last = bin == BINS - 1;
      List<Opinion> some =
          asked.stream()
              .filter(each -> each.margin() >= from && (each.margin() < to || last))
              .toList();
      LabelReport report = report(some);
      margins.add(new Margin(from, to, some.size(), same(report), first(report)));
    }
    return new PositionFigures(
        Objects.requireNonNull(same(all)),
        first(all),
        all.positionBiasBefore(),
        all.positionBiasInterval(),
        logOdds(asked),
        margins);
  }

  private static LabelReport report(List<Opinion> labels) {
    return LabelReport.of("", List.of(), labels.stream().map(Opinion::verdict).toList(), null);
  }

  private static @Nullable Share same(LabelReport report) {
    return Share.of(
        times(report, report.firstTwice()) + times(report, report.secondTwice()), report.pairs());
  }

  private static @Nullable Share first(LabelReport report) {
    int first = times(report, report.firstTwice());
    return Share.of(first, first + times(report, report.secondTwice()));
  }

  private static int times(LabelReport report, @Nullable Double share) {
    return share == null ? 0 : (int) Math.round(share * report.pairs());
  }

  private static @Nullable LogOdds logOdds(List<Opinion> asked) {
    double[][] soft =
        asked.stream()
            .map(Opinion::verdict)
            .map(PositionFigures::bothOrders)
            .filter(both -> both[0] > 0 && both[0] < 1 && both[1] > 0 && both[1] < 1)
            .toArray(double[][]::new);
    if (soft.length == 0) {
      return null;
    }
    double[] biases = new double[soft.length];
    double[] moved = new double[soft.length];
    for (int i = 0; i < soft.length; i++) {
      double forward = soft[i][0];
      double reversed = soft[i][1];
      biases[i] = (Logistic.logit(forward) - Logistic.logit(reversed)) / 2;
      moved[i] = Math.abs(unbiased(forward, reversed) - (forward + reversed) / 2);
    }
    double bias = Statistics.mean(biases);
    return new LogOdds(
        soft.length, bias, Interval.ofMean(biases), Logistic.sigmoid(bias), Statistics.mean(moved));
  }

  private static double[] bothOrders(Verdict verdict) {
    return new double[] {
      Objects.requireNonNull(verdict.forward()), Objects.requireNonNull(verdict.reversed())
    };
  }

  /**
   * What a judge would say that adds nothing for a position, if its bias is added in log-odds.
   *
   * @param forward its probability for a completion that is shown first; above 0 and below 1
   * @param reversed its probability for the same completion, shown second
   */
  public static double unbiased(double forward, double reversed) {
    return Logistic.sigmoid((Logistic.logit(forward) + Logistic.logit(reversed)) / 2);
  }
}
