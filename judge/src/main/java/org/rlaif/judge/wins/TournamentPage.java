package org.rlaif.judge.wins;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rlaif.judge.WinRate;
import org.rlaif.judge.report.JudgePage;
import org.rlaif.judge.report.JudgePage.Card;
import org.rlaif.judge.report.JudgePage.Section;
import org.rlaif.judge.report.Words;
import org.rlaif.kit.pages.Charts.Amount;
import org.rlaif.kit.pages.Charts.Axis;
import org.rlaif.kit.pages.Picture;
import org.rlaif.kit.pages.Pictures;
import org.rlaif.kit.pages.Theme;

/** A {@link Tournament} for people: on the screen and on a page. */
public final class TournamentPage {
  private static final String SCALE =
      "The scale is Elo's: 400 points are odds of 10 to 1, 191 of 3 to 1, and the mean of all is"
          + " 1000. Ratings are the most likely ones of Bradley and Terry's model, ties counted"
          + " half, with 95 % intervals from drawing the prompts again.";

  private TournamentPage() {}

  /** What stands above the tables, a line each. */
  public static List<String> lines(Tournament tournament) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%d policies on %d prompts, compared by %s in both orders"
            .formatted(tournament.ratings().size(), tournament.prompts(), tournament.judge()));
    if (tournament.bounded()) {
      lines.add(
          "a policy has only won or only lost: ratings are with one tie more between each two");
    }
    lines.addAll(tournament.remarks());
    return lines;
  }

  /** The tables. */
  public static List<Section> sections(Tournament tournament) {
    List<List<String>> ratings = new ArrayList<>();
    for (Tournament.Rating each : tournament.ratings()) {
      ratings.add(
          List.of(
              each.policy(),
              "%s (%s to %s)"
                  .formatted(
                      Words.number(each.elo(), 0),
                      Words.number(each.low(), 0),
                      Words.number(each.high(), 0)),
              Words.number(each.wins(), 1),
              String.valueOf(each.compared())));
    }
    return List.of(
        new Section(
            "Ratings", SCALE, List.of("policy", "rating (95 %)", "wins", "compared"), ratings),
        new Section(
            "Each against each",
            "How often the policy of the row beats that of the column, in percent; ties half.",
            head(tournament),
            grid(tournament)),
        new Section(
            "Win rates",
            "Length-controlled: if both had written equally much. What was not answered is in no"
                + " figure.",
            List.of(
                "policy",
                "opponent",
                "win rate (95 %)",
                "length-controlled",
                "compared",
                "ties",
                "not answered"),
            tournament.matches().stream().map(TournamentPage::match).toList()));
  }

  private static List<String> match(Tournament.Match match) {
    WinRate rate = match.winRate();
    return List.of(
        match.policy(),
        match.opponent(),
        Words.percent(rate.value()) + " " + Words.range(rate.low(), rate.high()),
        Words.percent(rate.lengthControlled()),
        String.valueOf(rate.n()),
        String.valueOf(rate.ties()),
        String.valueOf(rate.unanswered()));
  }

  private static List<String> head(Tournament tournament) {
    List<String> head = new ArrayList<>(List.of("policy"));
    tournament.ratings().forEach(each -> head.add(each.policy()));
    return head;
  }

  private static List<List<String>> grid(Tournament tournament) {
    Map<List<String>, Double> rates = new HashMap<>();
    for (Tournament.Match match : tournament.matches()) {
      rates.put(List.of(match.policy(), match.opponent()), match.winRate().value());
      rates.put(List.of(match.opponent(), match.policy()), 1 - match.winRate().value());
    }
    List<List<String>> rows = new ArrayList<>();
    for (Tournament.Rating row : tournament.ratings()) {
      List<String> cells = new ArrayList<>(List.of(row.policy()));
      for (Tournament.Rating column : tournament.ratings()) {
        @Nullable Double rate = rates.get(List.of(row.policy(), column.policy()));
        cells.add(rate == null ? Words.NOTHING : Words.number(100 * rate, 1));
      }
      rows.add(cells);
    }
    return rows;
  }

  /** The page. */
  public static JudgePage page(Tournament tournament) {
    Tournament.Rating best = tournament.ratings().get(0);
    return new JudgePage(
        "Tournament",
        String.join(". ", lines(tournament)) + ".",
        List.of(
            new Card(best.policy(), "is rated highest", Words.number(best.elo(), 0) + " points"),
            new Card(
                String.valueOf(tournament.prompts()),
                "prompts",
                tournament.matches().stream().mapToInt(each -> each.winRate().n()).sum()
                    + " comparisons, each in both orders")),
        pictures(tournament),
        sections(tournament),
        "",
        List.of());
  }

  private static List<Picture> pictures(Tournament tournament) {
    List<Amount> amounts = new ArrayList<>();
    double least = Tournament.MEAN;
    double most = Tournament.MEAN;
    for (Tournament.Rating each : tournament.ratings()) {
      amounts.add(
          new Amount(
              Words.shortened(each.policy()) + "  " + Words.number(each.elo(), 0),
              each.elo(),
              each.low(),
              each.high(),
              Theme::policy));
      least = Math.min(least, each.low());
      most = Math.max(most, each.high());
    }
    double from = 100 * Math.floor(least / 100);
    double to = 100 * Math.ceil(most / 100);
    return List.of(
        Pictures.rows(
            "ratings",
            "How strong each policy is",
            SCALE + " The dashed line is the mean.",
            new Axis("rating", from, Math.max(to, from + 100), Tournament.MEAN),
            amounts));
  }
}
