package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Interval;
import org.rlaif.kit.Statistics;

/**
 * How often an author wins over others, in the judge's eyes and in people's. A judge that favours
 * what it has written itself (Panickssery, Bowman and Feng 2024, arXiv 2404.13076) gives its own
 * completions more wins than people do.
 *
 * @param own whether the judge is this author
 * @param judge share of the author's pairs with others that it wins, ties half
 * @param people the same in people's eyes, where they have said something; null: nowhere
 * @param more how much more often the judge lets the author win than people do, on those pairs;
 *     null with {@code people}
 * @param moreInterval where that may lie by chance; null for fewer than 3 pairs
 */
public record AuthorFigures(
    String author,
    boolean own,
    Share judge,
    @Nullable Share people,
    @Nullable Double more,
    @Nullable Interval moreInterval) {

  /**
   * Every author of a completion that met another's.
   *
   * @param people share of votes for the first completion of each label; NaN where there is none
   * @param self the judge's name as an author
   */
  static List<AuthorFigures> of(List<Opinion> labels, double[] people, String self) {
    var authors = new TreeSet<String>();
    for (Opinion label : labels) {
      var by = label.authors();
      if (by != null && !by.first().equals(by.second())) {
        authors.add(by.first());
        authors.add(by.second());
      }
    }
    return authors.stream().map(author -> of(author, labels, people, self)).toList();
  }

  private static AuthorFigures of(
      String author, List<Opinion> labels, double[] people, String self) {
    int n = 0;
    double wins = 0;
    double peoplesWins = 0;
    List<Double> more = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      var by = labels.get(i).authors();
      boolean first = by != null && by.first().equals(author);
      boolean second = by != null && by.second().equals(author);
      if (first == second) {
        continue;
      }
      double side = labels.get(i).side();
      double won = first ? side : 1 - side;
      n++;
      wins += won;
      if (!Double.isNaN(people[i])) {
        double wonByPeople = first ? people[i] : 1 - people[i];
        peoplesWins += wonByPeople;
        more.add(won - wonByPeople);
      }
    }
    double[] differences = more.stream().mapToDouble(each -> each).toArray();
    return new AuthorFigures(
        author,
        author.equals(self),
        Objects.requireNonNull(Share.of(wins, n)),
        Share.of(peoplesWins, differences.length),
        AgreementFigures.finite(Statistics.mean(differences)),
        Interval.ofMean(differences));
  }
}
