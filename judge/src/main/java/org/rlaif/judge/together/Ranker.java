package org.rlaif.judge.together;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.Agreement;
import org.rlaif.judge.CandidatePair;
import org.rlaif.judge.Judge;
import org.rlaif.judge.LabelReport;
import org.rlaif.judge.Labeler;
import org.rlaif.judge.Verdict;
import org.rlaif.judge.language.Writing;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Provenance;
import org.rlaif.kit.UserError;

/**
 * Has the completions of each prompt ranked in one question, in a shuffled order, and once more in
 * the reverse of it: so each two are shown in both orders, as pairs are, by 2 questions in the
 * place of k (k - 1). The label of two is the mean of what both rankings say.
 */
public final class Ranker {
  private final Judge judge;
  private final TogetherPrompt prompt;
  private final Writing writing;
  private final long seed;
  private final double clamp;

  /**
   * Creates one.
   *
   * @param preamble the principles, in words
   * @param template a Mustache file that asks; null: as shipped
   * @param maxTokens of an answer
   * @param seed shuffles the orders
   * @param clamp no label is nearer to 0 or 1 than this, see {@link Labeler}
   */
  public Ranker(
      Judge judge,
      String preamble,
      @Nullable String template,
      int maxTokens,
      long seed,
      double clamp) {
    UserError.require(maxTokens >= 1 && maxTokens <= 65_536, "maxTokens", maxTokens, "1 to 65536");
    this.judge = judge;
    this.prompt = new TogetherPrompt("rank.mustache", template, preamble, List.of());
    this.writing = new Writing(maxTokens, /* temperature= */ 0, /* seed= */ 0);
    this.seed = seed;
    this.clamp = clamp;
  }

  /** A fingerprint of all that decides the labels. */
  public String hash() {
    return ConfigFiles.hash(
        Map.of("judge", judge.hash(), "prompt", prompt.parts(), "writing", writing, "seed", seed));
  }

  /** Labels every two candidates of a prompt; those that it did not rank twice have no label. */
  public Labeler.Labels label(List<Candidates> candidates) {
    List<Order> orders = new ArrayList<>();
    List<String> questions = new ArrayList<>();
    for (Candidates each : candidates) {
      Order order = Order.shuffled(seed, "ranking", each);
      for (Order one : List.of(order, order.reversed())) {
        orders.add(one);
        questions.add(
            prompt.render(each.prompt().transcript(), one.show(each.completions()), Map.of()));
      }
    }
    List<Written> written = Writings.of(judge, questions, writing, "rank");
    List<Verdict> verdicts = new ArrayList<>();
    List<Preference> preferences = new ArrayList<>();
    String hash = hash();
    boolean some = false;
    for (int i = 0; i < candidates.size(); i++) {
      int k = candidates.get(i).completions().size();
      List<@Nullable List<Integer>> ranks = new ArrayList<>();
      for (int q = 2 * i; q < 2 * i + 2; q++) {
        String text = written.get(q).text();
        ranks.add(text == null ? null : SpokenRanking.in(text, k));
        some |= ranks.get(q - 2 * i) != null;
      }
      for (CandidatePair pair : CandidatePair.all(candidates.get(i))) {
        boolean inOrder =
            orders.get(2 * i).place(pair.first()) < orders.get(2 * i).place(pair.second());
        int forward = inOrder ? 0 : 1; // where the first is shown before the second
        Verdict verdict =
            pair.question().first().equals(pair.question().second())
                ? new Verdict(0.5, null, null, false, null)
                : verdict(
                    better(pair, orders.get(2 * i + forward), ranks.get(forward)),
                    better(pair, orders.get(2 * i + 1 - forward), ranks.get(1 - forward)));
        verdicts.add(verdict);
        Double probability = verdict.probabilityFirst();
        if (probability != null) {
          int at = 2 * i + forward;
          preferences.add(
              pair.labelled(
                  probability,
                  clamp,
                  new Provenance(
                      verdict.hard() ? judge.name() + Labeler.HARD : judge.name(),
                      hash,
                      verdict.forward(),
                      verdict.reversed(),
                      new Provenance.Proof(
                          AtomicFiles.sha256(questions.get(at).getBytes(StandardCharsets.UTF_8)),
                          rationale(pair, orders.get(at), written.get(at)),
                          null))));
        }
      }
    }
    Writings.requireSome(judge, some, written);
    return new Labeler.Labels(
        preferences,
        LabelReport.of(judge.name(), judge.remarks(), verdicts, /* agreement= */ null));
  }

  private static Verdict verdict(@Nullable Double forward, @Nullable Double reversed) {
    return forward == null || reversed == null
        ? new Verdict(null, forward, reversed, false, null)
        : new Verdict((forward + reversed) / 2, forward, reversed, /* hard= */ true, null);
  }

  /** 1, 0.5 or 0, as the first of a pair ranks before, beside or behind the second. */
  private static @Nullable Double better(
      CandidatePair pair, Order order, @Nullable List<Integer> ranks) {
    if (ranks == null) {
      return null;
    }
    int first = ranks.get(order.place(pair.first()));
    int second = ranks.get(order.place(pair.second()));
    return (1 + Integer.signum(second - first)) / 2.0;
  }

  private static String rationale(CandidatePair pair, Order order, Written written) {
    return "shown as completions %d and %d: %s"
        .formatted(
            order.place(pair.first()) + 1,
            order.place(pair.second()) + 1,
            written.text() == null ? "" : written.text().strip());
  }

  /**
   * How far rankings and pairs agree.
   *
   * @param pairs that have a label by both
   * @param share of those of which the pairwise label has a side that rank the same way; even ranks
   *     count half. Null: there is none
   */
  public record Consistency(int pairs, @Nullable Double share) {

    /** Of labels of the same candidates. */
    public static Consistency of(List<Preference> ranked, List<Preference> paired) {
      Map<String, Double> byId = new HashMap<>();
      paired.forEach(each -> byId.put(each.id(), each.probabilityFirst()));
      List<Preference> both = ranked.stream().filter(each -> byId.containsKey(each.id())).toList();
      double share =
          Agreement.accuracy(
              both.stream().mapToDouble(Preference::probabilityFirst).toArray(),
              both.stream().mapToDouble(each -> byId.getOrDefault(each.id(), 0.5)).toArray());
      return new Consistency(both.size(), Double.isNaN(share) ? null : share);
    }
  }
}
