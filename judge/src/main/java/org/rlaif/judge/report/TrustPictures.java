package org.rlaif.judge.report;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Charts.Line;
import org.rlaif.kit.pages.Charts.Look;
import org.rlaif.kit.pages.Charts.Panel;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;

/** The pictures of a {@link TrustReport}. */
final class TrustPictures {
  private TrustPictures() {}

  static List<Picture> of(TrustReport report) {
    List<Picture> all = new ArrayList<>();
    PositionFigures position = report.position();
    if (position != null) {
      all.add(position(position));
    }
    agreement(report, all);
    PeopleFigures people = report.people();
    Calibration calibration = people == null ? null : people.calibration();
    if (calibration != null) {
      all.add(reliability(calibration));
    }
    if (!report.length().isEmpty()) {
      List<Amount> amounts = new ArrayList<>();
      for (LengthFigures each : report.length()) {
        boolean judge = amounts.isEmpty();
        add(amounts, each.whose(), each.longerWins(), judge ? Theme::policy : Theme::gold);
      }
      all.add(
          Pictures.shares(
              "length",
              "How often the longer completion wins",
              "Ties counted half, with 95 % intervals. Blue: in the judge's eyes. Orange: in"
                  + " people's, on the pairs that they have seen.",
              "longer wins (%)",
              amounts));
    }
    if (!report.authors().isEmpty()) {
      all.add(authors(report.authors()));
    }
    return all;
  }

  private static Picture position(PositionFigures position) {
    List<Amount> amounts = new ArrayList<>();
    for (PositionFigures.Margin margin : position.margins()) {
      String label = Words.number(margin.from(), 1) + "–" + Words.number(margin.to(), 1);
      add(amounts, label, margin.same(), Theme::policy);
    }
    return Pictures.rows(
        "position",
        "Same place twice, by margin",
        "Share of pairs of which both orders favour the same place, by how far the label is from"
            + " even, with 95 % intervals. What the judge is sure of should hold in both orders."
            + " The dashed line is the share of all pairs.",
        new Axis("same place twice (%)", 0, 100, 100 * position.same().value()),
        amounts);
  }

  private static void agreement(TrustReport report, List<Picture> all) {
    List<Amount> amounts = new ArrayList<>();
    PeopleFigures people = report.people();
    if (people != null) {
      add(amounts, "people", people.agreement().agree(), Theme::gold);
      for (PeopleFigures.ByConfidence each : people.byConfidence()) {
        String sure =
            Words.plain(each.from())
                + (each.from() == each.to() ? "" : "–" + Words.plain(each.to()));
        add(amounts, "sure " + sure, each.agree(), Theme::gold);
      }
      people.amongThem().forEach(each -> add(amounts, "among people", each.agree(), Theme::before));
    }
    report.judges().forEach(each -> add(amounts, each.with(), each.agree(), Theme::divergence));
    if (!amounts.isEmpty()) {
      all.add(
          Pictures.shares(
              "agreement",
              "How often others favour the same completion",
              "With 95 % intervals. Orange: the judge with people, all and by how sure they were."
                  + " Grey: people among themselves. Violet: the judge with other judges. The"
                  + " dashed line is a coin.",
              "same side (%)",
              amounts));
    }
  }

  private static Picture reliability(Calibration calibration) {
    double[] said =
        calibration.bins().stream().mapToDouble(bin -> 100 * bin.confidence()).toArray();
    double[] right = calibration.bins().stream().mapToDouble(bin -> 100 * bin.right()).toArray();
    double[] whole = {50, 100};
    return Pictures.curves(
        "reliability",
        "Is the judge right as often as it says?",
        "Each mark is a tenth of the probabilities from 50 to 100 % that the judge gives to what it"
            + " favours; its height is how often people favour the same. On the grey line both are"
            + " equal; below it the judge is too sure.",
        320,
        1,
        List.of(
            new Panel(
                "",
                "probability that the judge gives (%)",
                "people agree (%)",
                List.of(
                    new Line("as often as it says", whole, whole, Look.FAINT, Theme::before),
                    new Line("the judge", said, right, Look.TRAIL, Theme::policy)))));
  }

  private static Picture authors(List<AuthorFigures> authors) {
    List<Amount> amounts = new ArrayList<>();
    for (AuthorFigures each : authors) {
      add(amounts, (each.own() ? "itself: " : "") + each.author(), each.judge(), Theme::policy);
      add(amounts, "in people's eyes", each.people(), Theme::gold);
    }
    return Pictures.rows(
        "authors",
        "How often each author wins",
        "Over other authors, ties counted half, with 95 % intervals. Blue: in the judge's eyes."
            + " Orange: in people's, on the pairs that they have seen.",
        new Axis("wins (%)", 0, 100, 50),
        amounts);
  }

  private static void add(
      List<Amount> amounts, String label, @Nullable Share share, Function<Theme, Color> color) {
    if (share != null) {
      String name = Words.shortened(label);
      amounts.add(Amount.share(name, share.value(), share.low(), share.high(), color));
    }
  }
}
