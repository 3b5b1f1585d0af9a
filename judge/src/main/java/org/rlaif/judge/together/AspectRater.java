package org.rlaif.judge.together;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.rlaif.judge.CandidatePair;
import org.rlaif.judge.Judge;
import org.rlaif.judge.Labeler;
import org.rlaif.judge.Rated;
import org.rlaif.judge.Rating;
import org.rlaif.judge.language.Written;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Preference;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.Statistics;

/**
 * Rates the completions of each prompt together, by one aspect after the other (UltraFeedback, Cui
 * et al. 2023, arXiv 2310.01377), each time in another order; and, if that is wanted, each by
 * itself from 1 to 10.
 */
public final class AspectRater {
  private static final double MIDDLE = 5.5; // of 1 to 10
  private static final double HALF = 4.5;

  private final Judge judge;
  private final Aspects aspects;
  private final TogetherPrompt prompt;
  private final long seed;

  /** One question. */
  private record Put(int candidates, int aspect, Order order, String text) {}

  /**
   * Ratings, a row for each completion that has at least one, what they prefer, and what is known
   * about them.
   *
   * @param preferences of every two completions of a prompt with an answer by each aspect, by the
   *     {@linkplain Aspects#score weighted mean}: 1, 0.5 or 0
   */
  public record Ratings(
      List<RatedCompletion> completions, List<Preference> preferences, AspectReport report) {
    public Ratings {
      completions = List.copyOf(completions);
      preferences = List.copyOf(preferences);
    }
  }

  /**
   * Creates one.
   *
   * @param seed shuffles the orders
   */
  public AspectRater(Judge judge, Aspects aspects, long seed) {
    this.judge = judge;
    this.aspects = aspects;
    this.seed = seed;
    this.prompt =
        new TogetherPrompt(
            "aspect.mustache",
            aspects.template(),
            aspects.preamble(),
            List.of("aspect", "description", "least", "most"));
  }

  /** A fingerprint of all that decides the ratings. */
  public String hash() {
    return ConfigFiles.hash(
        Map.of("judge", judge.hash(), "aspects", aspects, "prompt", prompt.parts(), "seed", seed));
  }

  /** Rates candidates; ratings without an answer are counted and left out. */
  public Ratings rate(List<Candidates> candidates) {
    List<Put> puts = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      for (int a = 0; a < aspects.aspects().size(); a++) {
        puts.addAll(questions(candidates.get(i), i, a));
      }
    }
    List<Written> written =
        Writings.of(judge, puts.stream().map(Put::text).toList(), aspects.writing(), "rate");
    List<List<Known>> known =
        candidates.stream()
            .map(each -> each.completions().stream().map(one -> new Known()).toList())
            .toList();
    List<Double> places = new ArrayList<>();
    boolean some = false;
    int orders = aspects.bothOrders() ? 2 : 1;
    for (int q = 0; q < puts.size(); q += orders) {
      Aspect aspect = aspects.aspects().get(puts.get(q).aspect);
      List<Known> ofPrompt = known.get(puts.get(q).candidates);
      List<List<Said>> said = new ArrayList<>();
      for (int o = q; o < q + orders; o++) {
        said.add(read(written.get(o), ofPrompt.size(), aspect));
        addPlaces(said.get(o - q), aspect, places);
      }
      for (int i = 0; i < ofPrompt.size(); i++) {
        Said one = null;
        for (int o = 0; o < orders; o++) {
          Put put = puts.get(q + o);
          int place = put.order.place(i);
          Said here = said.get(o).get(place);
          one = one == null ? here : one.and(here);
          ofPrompt.get(i).asked(put.text, aspect, place, written.get(q + o).text());
        }
        some |= one != null && ofPrompt.get(i).take(aspect, one);
      }
    }
    Writings.requireSome(judge, some, written);
    return ratings(candidates, known, places);
  }

  private List<Put> questions(Candidates each, int index, int a) {
    Aspect aspect = aspects.aspects().get(a);
    Order order = Order.shuffled(seed, aspect.name(), each);
    List<Put> puts = new ArrayList<>();
    for (Order one : aspects.bothOrders() ? List.of(order, order.reversed()) : List.of(order)) {
      String text =
          prompt.render(
              each.prompt().transcript(),
              one.show(each.completions()),
              Map.of(
                  "aspect", aspect.name().replace('_', ' '),
                  "description", aspect.description().strip(),
                  "least", aspect.least(),
                  "most", aspect.most(),
                  "notApplicable", aspect.notApplicable()));
      puts.add(new Put(index, a, one, text));
    }
    return puts;
  }

  private static List<Said> read(Written written, int count, Aspect aspect) {
    return SpokenRatings.in(written.text() == null ? "" : written.text(), count, aspect);
  }

  private static void addPlaces(List<Said> said, Aspect aspect, List<Double> places) {
    Double first = said.get(0).rating();
    Double last = said.get(said.size() - 1).rating();
    if (first != null && last != null) {
      places.add(aspect.share(first) - aspect.share(last));
    }
  }

  private Ratings ratings(
      List<Candidates> candidates, List<List<Known>> known, List<Double> places) {
    String hash = hash();
    known.forEach(
        all -> all.forEach(each -> each.score = aspects.score(each.ratings, each.notApplicable)));
    OverallCheck check = aspects.overall() ? overall(candidates, known) : null;
    List<RatedCompletion> rows = new ArrayList<>();
    List<Preference> preferences = new ArrayList<>();
    int all = 0;
    for (int i = 0; i < candidates.size(); i++) {
      Candidates of = candidates.get(i);
      List<Known> ofPrompt = known.get(i);
      for (int c = 0; c < ofPrompt.size(); c++) {
        all++;
        Known each = ofPrompt.get(c);
        if (!each.ratings.isEmpty()) {
          rows.add(
              new RatedCompletion(
                  of.id() + "#" + c,
                  of.prompt(),
                  of.completions().get(c),
                  each.ratings,
                  each.provenance(hash, judge.name())));
        }
      }
      for (CandidatePair pair : CandidatePair.all(of)) {
        Double first = ofPrompt.get(pair.first()).score;
        Double second = ofPrompt.get(pair.second()).score;
        if (first != null && second != null) {
          boolean same = pair.question().first().equals(pair.question().second());
          double better = same ? 0.5 : (1 + Math.signum(first - second)) / 2;
          preferences.add(
              pair.labelled(
                  better,
                  /* clamp= */ 0,
                  ofPrompt.get(pair.first()).provenance(hash, judge.name() + Labeler.HARD)));
        }
      }
    }
    double[] differences = places.stream().mapToDouble(Double::doubleValue).toArray();
    return new Ratings(
        rows,
        preferences,
        new AspectReport(
            judge.name(),
            aspects.name(),
            candidates.size(),
            all,
            all - rows.size(),
            aspects.names().stream()
                .map(name -> Known.figures(name, known.stream().flatMap(List::stream).toList()))
                .toList(),
            places.isEmpty() ? null : Statistics.mean(differences),
            Interval.ofMean(differences),
            check,
            judge.remarks()));
  }

  /** Asks about each completion by itself, and adds the grades to the ratings. */
  private OverallCheck overall(List<Candidates> candidates, List<List<Known>> known) {
    List<Rated> asked = new ArrayList<>();
    for (Candidates each : candidates) {
      each.completions().forEach(one -> asked.add(new Rated(each.prompt().transcript(), one)));
    }
    List<Rating> grades = judge.rateAll(asked);
    double high = positive();
    double low = high - 1;
    List<OverallCheck.Both> both = new ArrayList<>();
    int next = 0;
    for (int i = 0; i < candidates.size(); i++) {
      for (int c = 0; c < known.get(i).size(); c++) {
        Known each = known.get(i).get(c);
        Double value = grades.get(next++).value();
        if (value != null) {
          double grade = MIDDLE + HALF * value;
          each.ratings.put(Aspect.OVERALL, grade);
          if (each.score != null) {
            String id = candidates.get(i).id();
            both.add(
                new OverallCheck.Both(i + "/" + id, id + "#" + c, grade, each.score, low, high));
          }
        }
      }
    }
    return OverallCheck.of(both);
  }

  /** The best mean there can be: the share of the weights that is above 0; the worst is 1 less. */
  private double positive() {
    double all = aspects.aspects().stream().mapToDouble(each -> Math.abs(each.weight())).sum();
    double good = aspects.aspects().stream().mapToDouble(each -> Math.max(0, each.weight())).sum();
    return all == 0 ? 1 : good / all;
  }
}
