package org.rlaif.judge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Progress;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;

/** Asks a judge about candidates, in both orders, and turns its verdicts into preferences. */
public final class Labeler {
  /** Pairs between two looks at the progress; enough to keep an endpoint's connections busy. */
  private static final int BATCH = 64;

  /** Ends the source of a preference whose probability is 1, 0.5 or 0 for want of a better one. */
  public static final String HARD = " (hard)";

  /** Which candidates of a prompt are compared. */
  public enum Pairs {
    /** Each with each other: k (k - 1) / 2 pairs. */
    ALL,
    /** Each with the next: k - 1 pairs. */
    CONSECUTIVE
  }

  /** Preferences, one for each pair that was answered, and what is known about them. */
  public record Labels(List<Preference> preferences, LabelReport report) {
    public Labels {
      preferences = List.copyOf(preferences);
    }
  }

  private final Judge judge;
  private final Pairs pairs;
  private final @Nullable Judge other;
  private final double clamp;

  /**
   * Creates a labeler.
   *
   * @param other asked the same, only to see how far both agree; null if there is none
   * @param clamp no label is nearer to 0 or 1 than this, below 0.5: the completion that the judge
   *     preferred stays the better one, and no tie is made. 0.4 is Constitutional AI's, where
   *     judges that think before they answer are too sure (Bai et al. 2022, arXiv 2212.08073,
   *     section 4.3)
   */
  public Labeler(Judge judge, Pairs pairs, @Nullable Judge other, double clamp) {
    if (!(clamp >= 0 && clamp < 0.5)) {
      throw new IllegalArgumentException(
          "clamp: " + clamp + " (expected: from 0 to less than 0.5)");
    }
    this.judge = judge;
    this.pairs = pairs;
    this.other = other;
    this.clamp = clamp;
  }

  /** Labels are as sure as the judge is. */
  public Labeler(Judge judge, Pairs pairs, @Nullable Judge other) {
    this(judge, pairs, other, /* clamp= */ 0);
  }

  /** Of all pairs, by one judge. */
  public Labeler(Judge judge, double clamp) {
    this(judge, Pairs.ALL, /* other= */ null, clamp);
  }

  public Labeler(Judge judge) {
    this(judge, Pairs.ALL, null);
  }

  /** Labels candidates; pairs without an answer are counted and left out. */
  public Labels label(List<Candidates> candidates) {
    List<CandidatePair> compared =
        candidates.stream()
            .flatMap(each -> CandidatePair.all(each).stream())
            .filter(each -> pairs == Pairs.ALL || each.isConsecutive())
            .toList();
    UserError.require(!compared.isEmpty(), "candidates", 0, "at least 1 prompt with completions");
    List<Question> questions = compared.stream().map(CandidatePair::question).toList();
    List<Verdict> verdicts = verdicts(judge, questions, "label");
    String hash = judge.hash();
    List<Preference> preferences = new ArrayList<>(verdicts.size());
    for (int i = 0; i < verdicts.size(); i++) {
      Verdict verdict = verdicts.get(i);
      Double probabilityFirst = verdict.probabilityFirst();
      if (probabilityFirst != null) {
        Question question = questions.get(i);
        preferences.add(
            compared
                .get(i)
                .labelled(
                    probabilityFirst,
                    clamp,
                    new Provenance(
                        verdict.hard() ? judge.name() + HARD : judge.name(),
                        hash,
                        verdict.forward(),
                        verdict.reversed(),
                        new Provenance.Proof(asked(question), verdict.rationale(), null))));
      }
    }
    return new Labels(preferences, LabelReport.of(judge, verdicts, agreement(questions, verdicts)));
  }

  private String asked(Question question) {
    return AtomicFiles.sha256(judge.put(question).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * One verdict for each question, with the progress shown.
   *
   * @throws UserError if the judge was asked and answered nothing at all
   */
  static List<Verdict> verdicts(Judge judge, List<Question> questions, String stage) {
    List<Verdict> verdicts = new ArrayList<>(questions.size());
    int answered = 0;
    List<Question> asked = BothOrders.asked(judge, questions);
    int before = judge.answeredBefore(asked);
    if (before > 0) {
      System.err.printf(
          Locale.ROOT, "%-11s %d answers kept, of %d to ask for%n", stage, before, asked.size());
    }
    try (Progress progress =
        judge.asksInTheTerminal()
            ? Progress.silent(stage, questions.size(), "pairs")
            : Progress.start(stage, questions.size(), "pairs")) {
      for (int start = 0; start < questions.size(); start += BATCH) {
        List<Question> batch = questions.subList(start, Math.min(questions.size(), start + BATCH));
        for (Verdict verdict : BothOrders.compareAll(judge, batch)) {
          verdicts.add(verdict);
          answered += isAnswered(verdict) ? 1 : 0;
        }
        progress.step(batch.size());
        progress.figures("%d answered", answered);
      }
    }
    boolean none = verdicts.stream().noneMatch(each -> isAnswered(each) && each.forward() != null);
    if (none && !verdicts.stream().allMatch(Labeler::isAnswered)) {
      throw noneAnswered(judge, verdicts);
    }
    return verdicts;
  }

  private static boolean isAnswered(Verdict verdict) {
    return verdict.probabilityFirst() != null;
  }

  private static UserError noneAnswered(Judge judge, List<Verdict> verdicts) {
    String why =
        verdicts.stream()
            .map(Verdict::rationale)
            .filter(each -> each != null && !each.isBlank())
            .findFirst()
            .orElse("no reason given");
    return UserError.expected(
        judge.name() + ": answers",
        "none to " + verdicts.size() + " pairs",
        "at least 1; first reason: " + why);
  }

  private @Nullable Double agreement(List<Question> questions, List<Verdict> verdicts) {
    if (other == null) {
      return null;
    }
    List<Verdict> others = verdicts(other, questions, "second");
    List<double[]> both = new ArrayList<>();
    for (int i = 0; i < verdicts.size(); i++) {
      Double mine = verdicts.get(i).probabilityFirst();
      Double theirs = others.get(i).probabilityFirst();
      if (mine != null && theirs != null) {
        both.add(new double[] {mine, theirs});
      }
    }
    double accuracy =
        Agreement.accuracy(
            both.stream().mapToDouble(pair -> pair[0]).toArray(),
            both.stream().mapToDouble(pair -> pair[1]).toArray());
    return Double.isNaN(accuracy) ? null : accuracy;
  }
}
