package org.rlaif.judge;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;

/**
 * What is known about a set of labels.
 *
 * <p>Position bias is a mean probability less 0.5: above 0, the judge favours what stands first.
 * Before the cure it is taken over all single answers; as each pair is asked in both orders, what
 * the completions are worth cancels, and only the position is left. After the cure it is taken over
 * the labels, in the order in which the candidates came; that order means nothing, so what is left
 * is chance.
 *
 * <p>A figure over no pairs is absent: null.
 *
 * @param judge who answered
 * @param pairs pairs to compare
 * @param answered pairs with a label, the identical ones among them
 * @param unanswered pairs the judge could not answer in both orders; they have no label
 * @param identical pairs of the same text twice, which are even without asking
 * @param even pairs whose label is 0.5: nothing says which is better
 * @param positionBiasBefore over all single answers
 * @param positionBiasInterval where that may lie by chance; null for fewer than 3 pairs asked
 * @param positionBiasAfter over all labels
 * @param bothOrdersAgree share of the pairs asked in which both orders favour the same completion
 * @param bothOrdersAgreeInterval where that may lie by chance
 * @param firstTwice share in which both orders favour what was shown first
 * @param secondTwice share in which both orders favour what was shown second
 * @param hard labels of which a text alone is known: 1, 0.5 or 0, and nothing tells how sure
 * @param remarks what else decides the labels otherwise than it was asked for
 * @param agreement share of the labels on the same side as those of another judge, if one was asked
 */
public record LabelReport(
    String judge,
    int pairs,
    int answered,
    int unanswered,
    int identical,
    int even,
    @Nullable Double positionBiasBefore,
    @Nullable Interval positionBiasInterval,
    @Nullable Double positionBiasAfter,
    @Nullable Double bothOrdersAgree,
    @Nullable Interval bothOrdersAgreeInterval,
    @Nullable Double firstTwice,
    @Nullable Double secondTwice,
    int hard,
    List<String> remarks,
    @Nullable Double agreement) {
  public LabelReport {
    remarks = List.copyOf(remarks);
  }

  /** Sums up verdicts; {@code agreement} is what {@link Agreement#accuracy} gave. */
  static LabelReport of(Judge judge, List<Verdict> verdicts, @Nullable Double agreement) {
    return of(judge.name(), judge.remarks(), verdicts, agreement);
  }

  /**
   * Sums up verdicts that somebody has given once.
   *
   * @param judge its name
   * @param remarks of it
   */
  public static LabelReport of(
      String judge, List<String> remarks, List<Verdict> verdicts, @Nullable Double agreement) {
    int hard = 0;
    int even = 0;
    List<Double> biases = new ArrayList<>();
    double before = 0;
    int labels = 0;
    int asked = 0;
    int agree = 0;
    int firstTwice = 0;
    int secondTwice = 0;
    double after = 0;
    for (Verdict verdict : verdicts) {
      Double probability = verdict.probabilityFirst();
      if (probability == null) {
        continue;
      }
      labels++;
      hard += verdict.hard() ? 1 : 0;
      even += Math.abs(probability - 0.5) <= Outcome.EVEN ? 1 : 0;
      after += probability - 0.5;
      Double forward = verdict.forward();
      Double reversed = verdict.reversed();
      if (forward == null || reversed == null) {
        continue; // the same text twice
      }
      asked++;
      // Shown first: the first completion in one order, the second one in the other.
      double bias = ((forward - 0.5) + (1 - reversed - 0.5)) / 2;
      biases.add(bias);
      before += bias;
      double given = Math.signum(forward - 0.5);
      double swapped = Math.signum(reversed - 0.5);
      agree += given * swapped > 0 ? 1 : 0;
      firstTwice += given > 0 && swapped < 0 ? 1 : 0;
      secondTwice += given < 0 && swapped > 0 ? 1 : 0;
    }
    return new LabelReport(
        judge,
        verdicts.size(),
        labels,
        verdicts.size() - labels,
        labels - asked,
        even,
        share(before, asked),
        Interval.ofMean(biases.stream().mapToDouble(each -> each).toArray()),
        share(after, labels),
        share(agree, asked),
        asked == 0 ? null : Interval.ofShare((double) agree / asked, asked),
        share(firstTwice, asked),
        share(secondTwice, asked),
        hard,
        remarks,
        agreement);
  }

  private static @Nullable Double share(double part, int of) {
    return of == 0 ? null : Double.valueOf(part / of);
  }

  /** What makes labels worse than they seem, a line each. */
  public List<String> warnings() {
    List<String> lines = new ArrayList<>(warnings(hard, answered, remarks));
    if (answered > 0 && even == answered) {
      lines.add("all " + answered + " are even (0.5): nothing says which completion is better");
    }
    return lines;
  }

  static List<String> warnings(int hard, int answered, List<String> remarks) {
    List<String> lines = new ArrayList<>(remarks);
    if (hard > 0) {
      lines.add(
          hard
              + " of "
              + answered
              + " are hard (1, 0.5 or 0): no log-probabilities came with them");
    }
    return lines;
  }

  /** Lines for people. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%s: %d pairs, %d answered, %d not answered, %d of the same text twice",
            judge,
            pairs,
            answered,
            unanswered,
            identical));
    lines.add(
        positionBias(positionBiasBefore, positionBiasInterval)
            + (positionBiasAfter == null
                ? ""
                : ", after both orders " + signed(positionBiasAfter)));
    if (bothOrdersAgree != null && bothOrdersAgreeInterval != null) {
      lines.add(
          String.format(
              Locale.ROOT,
              "both orders agree %.1f %% (95 %%: %.1f to %.1f), first twice %.1f %%, second twice"
                  + " %.1f %%",
              100 * bothOrdersAgree,
              100 * bothOrdersAgreeInterval.low(),
              100 * bothOrdersAgreeInterval.high(),
              100 * (firstTwice == null ? 0 : firstTwice),
              100 * (secondTwice == null ? 0 : secondTwice)));
    }
    if (agreement != null) {
      lines.add(String.format(Locale.ROOT, "agrees with the other judge %.1f %%", 100 * agreement));
    }
    lines.addAll(warnings());
    return lines;
  }

  /** Such as {@code position bias +0.050 (95 %: -0.310 to +0.410)}. */
  static String positionBias(@Nullable Double bias, @Nullable Interval interval) {
    if (bias == null) {
      return "position bias not known: no pair was asked in both orders";
    }
    return "position bias "
        + signed(bias)
        + (interval == null
            ? ""
            : " (95 %: " + signed(interval.low()) + " to " + signed(interval.high()) + ")");
  }

  private static String signed(double value) {
    double rounded = Math.rint(value * 1000) / 1000;
    return String.format(Locale.ROOT, "%+.3f", rounded + 0.0); // -0.0 + 0.0 is 0.0
  }
}
