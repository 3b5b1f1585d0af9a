package org.rlaif.judge.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How far a judge's labels can be believed. What is not known is absent: null, or an empty list.
 *
 * @param judge who labelled
 * @param labels how many there are
 * @param even labels of 0.5
 * @param hard labels of which a text alone is known, see {@link org.rlaif.judge.LabelReport#hard}
 * @param position what the judge adds for a position; null if no label tells both orders
 * @param people how people see the same pairs; null if nobody was asked
 * @param length in the judge's eyes and, where people were asked, in theirs
 * @param authors of the completions, where they are named
 * @param judges agreement with other judges
 * @param disagreements where the judge is surest and people favour the other completion
 */
public record TrustReport(
    String judge,
    int labels,
    int even,
    int hard,
    @Nullable PositionFigures position,
    @Nullable PeopleFigures people,
    List<LengthFigures> length,
    List<AuthorFigures> authors,
    List<AgreementFigures> judges,
    List<Disagreement> disagreements) {
  private static final int SHOWN = 10;

  public TrustReport {
    length = List.copyOf(length);
    authors = List.copyOf(authors);
    judges = List.copyOf(judges);
    disagreements = List.copyOf(disagreements);
  }

  /**
   * A pair on which people favour the completion that the judge does not.
   *
   * @param votes share of people who favour the first, ties half
   */
  public record Disagreement(
      String id,
      String prompt,
      String first,
      String second,
      double probabilityFirst,
      double votes,
      int people) {}

  /**
   * Reads labels and what others say.
   *
   * @param people file of people's opinions; null: there is none
   * @param others files of other judges' labels
   * @param self the judge's name among the authors; null: the part of its name behind the colon
   */
  public static TrustReport of(
      Path file, @Nullable Path people, List<Path> others, @Nullable String self) {
    List<Opinion> labels = Matching.labels(file);
    String judge = names(labels);
    Matching asked = people == null ? null : Matching.of(labels, people);
    double[] votes =
        asked == null
            ? labels.stream().mapToDouble(each -> Double.NaN).toArray()
            : PeopleFigures.votes(asked);
    return new TrustReport(
        judge,
        labels.size(),
        (int) labels.stream().filter(each -> each.side() == 0.5).count(),
        (int) labels.stream().filter(each -> each.verdict().hard()).count(),
        PositionFigures.of(labels),
        asked == null ? null : PeopleFigures.of(labels, asked),
        lengths(labels, votes),
        AuthorFigures.of(labels, votes, self == null ? judge.replaceFirst("^[^:]*:", "") : self),
        others.stream().map(other -> agreement(labels, other)).toList(),
        asked == null ? List.of() : worst(labels, asked, votes));
  }

  private static String names(List<Opinion> labels) {
    var names = new TreeSet<String>();
    labels.forEach(each -> names.add(each.source().replaceFirst(" \\(hard\\)$", "")));
    return String.join(", ", names);
  }

  private static List<LengthFigures> lengths(List<Opinion> labels, double[] votes) {
    double[] differences = labels.stream().mapToDouble(Opinion::lengthDifference).toArray();
    int[] known = IntStream.range(0, votes.length).filter(i -> !Double.isNaN(votes[i])).toArray();
    return Stream.of(
            LengthFigures.of(
                "the judge", differences, labels.stream().mapToDouble(Opinion::side).toArray()),
            LengthFigures.of(
                "people",
                IntStream.of(known).mapToDouble(i -> differences[i]).toArray(),
                IntStream.of(known).mapToDouble(i -> votes[i]).toArray()))
        .filter(Objects::nonNull)
        .toList();
  }

  private static AgreementFigures agreement(List<Opinion> labels, Path file) {
    Matching other = Matching.of(labels, file);
    List<Opinion> theirs = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    for (int i = 0; i < labels.size(); i++) {
      for (Opinion opinion : other.opinions().get(i)) {
        theirs.add(opinion);
        ours.add(labels.get(i).probabilityFirst());
      }
    }
    return AgreementFigures.of(
        names(theirs),
        ours.stream().mapToDouble(each -> each).toArray(),
        theirs.stream().mapToDouble(Opinion::probabilityFirst).toArray());
  }

  private static List<Disagreement> worst(List<Opinion> labels, Matching people, double[] votes) {
    return IntStream.range(0, votes.length)
        .filter(i -> (labels.get(i).side() - 0.5) * (votes[i] - 0.5) < 0)
        .boxed()
        .sorted(
            Comparator.comparingDouble((Integer i) -> -labels.get(i).margin())
                .thenComparingDouble(i -> -Math.abs(votes[i] - 0.5))
                .thenComparing(i -> labels.get(i).id()))
        .limit(SHOWN)
        .map(
            i -> {
              Opinion label = labels.get(i);
              return new Disagreement(
                  label.id(),
                  label.promptText(),
                  label.firstText(),
                  label.secondText(),
                  label.probabilityFirst(),
                  votes[i],
                  people.opinions().get(i).size());
            })
        .toList();
  }
}
