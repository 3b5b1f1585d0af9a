package org.rlaif.judge.report;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.judge.report.JudgePage.Card;
import org.rlaif.judge.report.JudgePage.Completion;
import org.rlaif.judge.report.JudgePage.Example;
import org.rlaif.judge.report.JudgePage.Folded;
import org.rlaif.judge.report.JudgePage.Section;

/** A {@link TrustReport} for people: on the screen and on a page. */
public final class TrustPage {
  private TrustPage() {}

  /** The tables. */
  public static List<Section> sections(TrustReport report) {
    return TrustSections.of(report);
  }

  /** What stands above the tables, a line each. */
  public static List<String> lines(TrustReport report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s: %d labels, %d even, %d hard"
            .formatted(report.judge(), report.labels(), report.even(), report.hard()));
    PositionFigures position = report.position();
    if (position == null) {
      lines.add("position bias not known: no label tells both orders");
      return lines;
    }
    lines.add(
        "position bias "
            + Words.points(position.bias(), position.biasInterval())
            + " points for the first place");
    PositionFigures.LogOdds odds = position.logOdds();
    if (odds != null) {
      lines.add(
          "in log-odds %+.3f: of two equally good completions the first is better with %s"
              .formatted(odds.bias(), Words.percent(odds.firstIfEven())));
    }
    return lines;
  }

  /** The page. */
  public static JudgePage page(TrustReport report) {
    return new JudgePage(
        "Trust in the labels of " + report.judge(),
        "%d labels, %d of them even and %d hard (1, 0.5 or 0, without log-probabilities)."
            .formatted(report.labels(), report.even(), report.hard()),
        cards(report),
        TrustPictures.of(report),
        sections(report),
        report.disagreements().isEmpty()
            ? ""
            : "Where the judge is surest and people favour the other completion. The judge's is"
                + " marked.",
        report.disagreements().stream().map(TrustPage::example).toList());
  }

  private static List<Card> cards(TrustReport report) {
    List<Card> cards = new ArrayList<>();
    PositionFigures position = report.position();
    if (position != null) {
      Share same = position.same();
      cards.add(
          new Card(
              Words.percent(same.value()),
              "favours the same place twice",
              TrustSections.place(position.sameThatIsFirst())));
      PositionFigures.LogOdds odds = position.logOdds();
      if (odds != null) {
        cards.add(
            new Card(
                Words.percent(odds.firstIfEven()),
                "for the first of two equally good",
                "%+.3f in log-odds; both orders take it out".formatted(odds.bias())));
      }
    }
    PeopleFigures people = report.people();
    if (people != null) {
      Share agree = people.agreement().agree();
      if (agree != null) {
        cards.add(
            new Card(
                Words.percent(agree.value()),
                "agreement with people",
                "95 %%: %s, kappa %s"
                    .formatted(
                        Words.range(agree.low(), agree.high()),
                        Words.kappa(people.agreement().kappa()))));
      }
      Calibration calibration = people.calibration();
      if (calibration != null) {
        cards.add(
            new Card(
                Words.number(100 * calibration.ece(), 1),
                "expected calibration error, points",
                "says %s, is right %s"
                    .formatted(
                        Words.percent(calibration.confidence()),
                        Words.percent(calibration.right()))));
      }
    }
    report.length().stream()
        .limit(1)
        .forEach(
            each ->
                cards.add(
                    new Card(
                        Words.percent(each.longerWins().value()),
                        "the longer one wins",
                        report.length().size() < 2
                            ? "n = " + each.longerWins().n()
                            : "in people's eyes "
                                + Words.percent(report.length().get(1).longerWins().value()))));
    return cards;
  }

  private static Example example(TrustReport.Disagreement each) {
    boolean first = each.probabilityFirst() > 0.5;
    return new Example(
        each.id(),
        Folded.of(each.prompt()),
        List.of(
            completion(first, each.probabilityFirst(), each.votes(), each.first()),
            completion(!first, 1 - each.probabilityFirst(), 1 - each.votes(), each.second())));
  }

  private static Completion completion(
      boolean marked, double probability, double votes, String text) {
    return new Completion(
        marked ? "judge" : "people",
        "judge " + Words.percent(probability) + ", people " + Words.percent(votes),
        marked,
        Folded.of(text));
  }
}
