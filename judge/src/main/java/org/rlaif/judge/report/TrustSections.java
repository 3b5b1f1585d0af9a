package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.report.JudgePage.Section;

/** A {@link TrustReport} as tables, for the screen and for the page. */
final class TrustSections {
  private static final List<String> AGREEMENT =
      List.of("with", "pairs", "same side (95 %)", "kappa");
  private static final List<String> SAYS = List.of("first", "even", "second");

  private TrustSections() {}

  static List<Section> of(TrustReport report) {
    List<Section> all = new ArrayList<>();
    PositionFigures position = report.position();
    if (position != null) {
      all.add(position(position));
    }
    PeopleFigures people = report.people();
    if (people != null) {
      all.add(people(people));
      if (!people.byConfidence().isEmpty()) {
        all.add(confidence(people));
      }
      if (!people.amongThem().isEmpty()) {
        all.add(amongThem(people));
      }
      Calibration calibration = people.calibration();
      if (calibration != null) {
        all.add(calibration(calibration));
      }
    }
    if (!report.length().isEmpty()) {
      all.add(length(report.length()));
    }
    if (!report.authors().isEmpty()) {
      all.add(authors(report.authors()));
    }
    if (!report.judges().isEmpty()) {
      all.add(
          new Section(
              "Agreement with other judges",
              "Share of the pairs on which the other judge favours one that both favour the same;"
                  + " where this one is even it counts half. Cohen's kappa over first, even, second.",
              AGREEMENT,
              report.judges().stream().map(TrustSections::agreement).toList()));
      report.judges().forEach(each -> all.add(table(report.judge(), each)));
    }
    return all;
  }

  private static Section position(PositionFigures position) {
    List<List<String>> rows = new ArrayList<>();
    for (PositionFigures.Margin margin : position.margins()) {
      rows.add(
          List.of(
              Words.number(margin.from(), 1) + " to " + Words.number(margin.to(), 1),
              String.valueOf(margin.pairs()),
              Words.percent(margin.same()),
              Words.percent(margin.sameThatIsFirst())));
    }
    rows.add(
        List.of(
            "all",
            String.valueOf(position.same().n()),
            Words.percent(position.same()),
            Words.percent(position.sameThatIsFirst())));
    return new Section(
        "Position",
        "Pairs of which both orders favour the same place, by margin: how far the label, the mean"
            + " of both orders, is from even (0.5).",
        List.of("margin", "pairs", "same place twice (95 %)", "of these the first place (95 %)"),
        rows);
  }

  private static Section people(PeopleFigures people) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(agreement(people.agreement()));
    people.annotators().forEach(each -> rows.add(agreement(each)));
    return new Section(
        "Agreement with people",
        "Share of the pairs on which people favour one completion that the judge favours the same;"
            + " its even labels count half. Cohen's kappa over first, even, second. Where several"
            + " people have looked at a pair, most of them are the people. "
            + people.unmatched()
            + " opinions are on pairs that are not among the labels.",
        AGREEMENT,
        rows);
  }

  private static Section confidence(PeopleFigures people) {
    return new Section(
        "Agreement by how sure people were",
        "Single opinions, by the confidence that came with them.",
        List.of("confidence", "opinions", "same side (95 %)"),
        people.byConfidence().stream()
            .map(
                each ->
                    List.of(
                        each.from() == each.to()
                            ? Words.plain(each.from())
                            : Words.plain(each.from()) + " to " + Words.plain(each.to()),
                        String.valueOf(each.opinions()),
                        Words.percent(each.agree())))
            .toList());
  }

  private static Section amongThem(PeopleFigures people) {
    return new Section(
        "Agreement among people",
        "What they reach among themselves is the most that a judge can be asked for. Fleiss' kappa"
            + " of all of them: "
            + Words.kappa(people.fleiss())
            + ".",
        AGREEMENT,
        people.amongThem().stream().map(TrustSections::agreement).toList());
  }

  private static Section calibration(Calibration calibration) {
    return new Section(
        "Calibration",
        "How often people favour the completion that the judge favours, by the probability that it"
            + " gives to that. The expected calibration error is the mean distance of the two over"
            + " all labels: "
            + Words.number(100 * calibration.ece(), 1)
            + " points.",
        List.of("probability", "labels", "mean", "people agree"),
        calibration.bins().stream()
            .map(
                bin ->
                    List.of(
                        Words.number(bin.from(), 2) + " to " + Words.number(bin.to(), 2),
                        String.valueOf(bin.labels()),
                        Words.percent(bin.confidence()),
                        Words.percent(bin.right())))
            .toList());
  }

  private static Section length(List<LengthFigures> length) {
    return new Section(
        "Length",
        "Pairs of different length in which the longer completion wins, ties half; and how often"
            + " one wins that is longer by the root mean square of the differences and is worth as"
            + " much otherwise, by logistic regression.",
        List.of("in the eyes of", "pairs", "longer wins (95 %)", "longer by", "then wins", "slope"),
        length.stream()
            .map(
                each ->
                    List.of(
                        each.whose(),
                        String.valueOf(each.longerWins().n()),
                        Words.percent(each.longerWins()),
                        Words.number(each.characters(), 0) + " characters",
                        Words.percent(each.onceLonger()),
                        Words.number(each.slope(), 2)
                            + " ("
                            + Words.number(each.slopeInterval().low(), 2)
                            + " to "
                            + Words.number(each.slopeInterval().high(), 2)
                            + ")"))
            .toList());
  }

  private static Section authors(List<AuthorFigures> authors) {
    return new Section(
        "Authors",
        "How often an author wins over others, in the judge's eyes and in people's, and how many"
            + " points more the judge gives on the pairs that people have seen. A judge that"
            + " favours itself gives more to its own.",
        List.of("author", "pairs", "judge (95 %)", "people (95 %)", "judge gives more, points"),
        authors.stream()
            .map(
                each ->
                    List.of(
                        each.author() + (each.own() ? " (the judge itself)" : ""),
                        String.valueOf(each.judge().n()),
                        Words.percent(each.judge()),
                        Words.percent(each.people()),
                        Words.points(each.more(), each.moreInterval())))
            .toList());
  }

  private static List<String> agreement(AgreementFigures figures) {
    return List.of(
        figures.with(),
        String.valueOf(figures.pairs()),
        Words.percent(figures.agree()),
        Words.kappa(figures.kappa()));
  }

  private static Section table(String judge, AgreementFigures figures) {
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < SAYS.size(); i++) {
      List<String> cells = new ArrayList<>(List.of(SAYS.get(i)));
      figures.table().get(i).forEach(count -> cells.add(String.valueOf(count)));
      rows.add(cells);
    }
    List<String> head = new ArrayList<>(List.of("this judge says"));
    SAYS.forEach(each -> head.add("the other says " + each));
    return new Section(judge + " and " + figures.with(), "How often which was said.", head, rows);
  }

  /** The one that favours the first place more; for a card. */
  static String place(@Nullable Share first) {
    return first == null
        ? "no place twice"
        : Words.percent(first.value()) + " of these the first place";
  }
}
