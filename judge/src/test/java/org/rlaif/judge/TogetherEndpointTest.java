package org.rlaif.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rlaif.judge.cli.RankCommand;
import org.rlaif.judge.cli.RateCommand;
import org.rlaif.judge.cli.VerifyLabelsCommand;
import org.rlaif.judge.language.EndpointModel;
import org.rlaif.judge.together.Aspect;
import org.rlaif.judge.together.AspectRater;
import org.rlaif.judge.together.AspectReport;
import org.rlaif.judge.together.Aspects;
import org.rlaif.judge.together.Ranker;
import org.rlaif.kit.Candidates;
import org.rlaif.kit.Commands;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Preference;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.RatedCompletion;
import org.rlaif.kit.UserError;
import picocli.CommandLine;

/** Ratings and rankings over real HTTP; what the endpoint answers follows a rule of the test. */
class TogetherEndpointTest extends ScriptedEndpoint {
  private static final Pattern SHOWN = Pattern.compile("Completion (\\d+):\n(.*)");

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  /** What completions are worth is how many + they have. */
  private static int worth(String completion) {
    return completion.length() - completion.replace("+", "").length();
  }

  /** Places and texts of the completions in the n-th question. */
  private Map<Integer, String> shown(int n) {
    var messages = requests.get(n).path("messages");
    Matcher matcher = SHOWN.matcher(messages.path(messages.size() - 1).path("content").asText());
    Map<Integer, String> shown = new TreeMap<>();
    while (matcher.find()) {
      shown.put(Integer.parseInt(matcher.group(1)), matcher.group(2));
    }
    return shown;
  }

  private void rates(BiFunction<Integer, String, String> rule) {
    script =
        n -> {
          StringBuilder said = new StringBuilder();
          shown(n)
              .forEach(
                  (place, text) ->
                      said.append("Completion ")
                          .append(place)
                          .append(": ")
                          .append(rule.apply(place, text))
                          .append('\n'));
          return says(said.isEmpty() ? "7" : said.toString());
        };
  }

  private static Aspects wit(boolean bothOrders, boolean overall) {
    return new Aspects(
        "own",
        "You rate.",
        bothOrders,
        overall,
        100,
        null,
        List.of(new Aspect("wit", "Is it funny?", 0, 9, true, 1)));
  }

  private static Candidates of(String id, String... completions) {
    return new Candidates(id, Prompt.of("prompt " + id), List.of(completions));
  }

  private static Map<String, Double> ratings(List<RatedCompletion> rows) {
    Map<String, Double> byId = new TreeMap<>();
    rows.forEach(each -> byId.put(each.id(), each.ratings().get("wit")));
    return byId;
  }

  /** What stands first gets 1 more: of two in both orders, each gets a half more, exactly. */
  @Test
  void bothOrdersOfTwoShareTheFavourEvenly() {
    rates((place, text) -> "" + (worth(text) + (place == 1 ? 1 : 0)));
    try (LanguageModelJudge judge = judge()) {
      var rated = new AspectRater(judge, wit(true, false), 1).rate(List.of(of("a", "x+", "y+++")));
      assertEquals(Map.of("a#0", 1.5, "a#1", 3.5), ratings(rated.completions()));
      assertEquals(2, requests.size());
      assertNotEquals(shown(0), shown(1));
      assertEquals(0, rated.preferences().get(0).probabilityFirst());
      assertEquals("endpoint:judge-1 (hard)", rated.preferences().get(0).provenance().source());
    }
  }

  /**
   * The same judge, asked in one order of three: over the orders of 3 seeds and 60 prompts each
   * gets a third more. The deviation of a mean is sqrt(2/9/180) = 0.035. First less last: 1 of 9.
   */
  @Test
  void overTheSeedsTheFavourIsTheSameForAll() {
    rates((place, text) -> "" + (worth(text) + (place == 1 ? 1 : 0)));
    List<Candidates> sixty = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      sixty.add(of("" + i, "x+", "y++++", "z"));
    }
    double[] means = new double[3];
    double firstOverLast = 0;
    try (LanguageModelJudge judge = judge()) {
      for (int seed = 0; seed < 3; seed++) {
        var rated = new AspectRater(judge, wit(false, false), seed).rate(sixty);
        ratings(rated.completions())
            .forEach((id, value) -> means[id.charAt(id.length() - 1) - '0'] += value / 180);
        Double difference = rated.report().firstOverLast();
        firstOverLast += (difference == null ? Double.NaN : difference) / 3;
      }
    }
    assertEquals(1 + 1 / 3.0, means[0], 0.12);
    assertEquals(4 + 1 / 3.0, means[1], 0.12);
    assertEquals(1 / 3.0, means[2], 0.12);
    assertEquals(1 / 9.0, firstOverLast, 0.06);
  }

  @Test
  void whatIsNotApplicableAndWhatIsUnansweredIsCounted() {
    rates((place, text) -> text.contains("?") ? "hard to say" : text.contains("!") ? "N/A" : "3");
    try (LanguageModelJudge judge = judge()) {
      var rated =
          new AspectRater(judge, wit(false, false), 1)
              .rate(List.of(of("a", "x", "y", "z?"), of("b", "x", "y!")));
      assertEquals(List.of(new AspectReport.OfAspect("wit", 3, 1, 1, 3.0)), rated.report().each());
      assertEquals(
          List.of("a#0", "a#1", "b#0"), List.copyOf(ratings(rated.completions()).keySet()));
      // x and y; z was not rated, and where no aspect applies nothing is better.
      assertEquals(List.of("a#0-1"), rated.preferences().stream().map(Preference::id).toList());
      assertEquals(0.5, rated.preferences().get(0).probabilityFirst());
      assertTrue(
          rated
              .report()
              .lines()
              .contains("wit: 3 rated (mean 3.00), 1 not applicable, 1 not answered"),
          () -> rated.report().lines().toString());
    }
  }

  @Test
  void whoSaysNothingThatCanBeReadIsRefused() {
    script = n -> says("I would rather not.");
    try (LanguageModelJudge judge = judge()) {
      AspectRater rater = new AspectRater(judge, wit(false, false), 1);
      List<Candidates> one = List.of(of("a", "x", "y"));
      assertEquals(
          "endpoint:judge-1: answers: none to 1 questions (expected: at least 1; first said: I would"
              + " rather not.)",
          assertThrows(UserError.class, () -> rater.rate(one)).getMessage());
    }
  }

  /** Aspects 9 and 0 of 9; overall 7 for both, as the rule says "7" where one is shown alone. */
  @Test
  void theOverallIsAskedOfEachByItself() {
    rates((place, text) -> text.contains("+") ? "9" : "0");
    try (LanguageModelJudge judge = judge()) {
      var rated = new AspectRater(judge, wit(false, true), 1).rate(List.of(of("a", "x+", "y")));
      assertEquals(Map.of("overall", 7.0, "wit", 9.0), rated.completions().get(0).ratings());
      assertEquals(3, requests.size());
      var check = rated.report().overall();
      assertNotNull(check);
      assertEquals(0, check.pairs());
      assertNull(check.agreement());
    }
  }

  private void ranks(BiFunction<Integer, String, Integer> worth) {
    script =
        n -> {
          Map<Integer, String> shown = shown(n);
          List<Integer> order = new ArrayList<>(shown.keySet());
          order.sort((a, b) -> worth.apply(b, shown.get(b)) - worth.apply(a, shown.get(a)));
          return says(String.join(" > ", order.stream().map(String::valueOf).toList()));
        };
  }

  @Test
  void whoRanksByThePlaceAloneGivesEvenLabels() {
    ranks((place, text) -> -place);
    try (LanguageModelJudge judge = judge()) {
      var labels =
          new Ranker(judge, "Be true.", null, 50, 3, 0).label(List.of(of("a", "x", "y", "z")));
      assertEquals(2, requests.size());
      assertEquals(
          List.of(0.5, 0.5, 0.5),
          labels.preferences().stream().map(Preference::probabilityFirst).toList());
      assertEquals(0.5, labels.report().positionBiasBefore());
      assertEquals(1, labels.report().firstTwice());
      for (Preference each : labels.preferences()) {
        assertEquals(1, each.provenance().forward());
        assertEquals(0, each.provenance().reversed());
      }
    }
  }

  /** Whatever is made of the places in which the same text was shown twice. */
  @Test
  void theSameTextTwiceIsEven() {
    List<Candidates> same = List.of(of("a", "x", "x", "y"));
    rates((place, text) -> "" + (9 - place));
    try (LanguageModelJudge judge = judge()) {
      var rated = new AspectRater(judge, wit(false, false), 1).rate(same);
      assertEquals(0.5, rated.preferences().get(0).probabilityFirst());
    }
    requests.clear();
    ranks((place, text) -> -place);
    try (LanguageModelJudge judge = judge()) {
      var labels = new Ranker(judge, "Be true.", null, 50, 3, 0).label(same);
      assertEquals(0.5, labels.preferences().get(0).probabilityFirst());
      assertEquals(1, labels.report().identical());
      assertEquals(2, labels.report().hard());
    }
  }

  @Test
  void rankingsAreMappedBackAndComparedWithPairs() {
    ranks((place, text) -> worth(text));
    List<Candidates> all = List.of(of("a", "x+", "y+++", "z++"), of("b", "x+", "y"));
    try (LanguageModelJudge judge = judge()) {
      for (int seed = 0; seed < 10; seed++) {
        var labels = new Ranker(judge, "Be true.", null, 50, seed, 0.1).label(all);
        assertEquals(
            List.of("a#0-1", "a#0-2", "a#1-2", "b"),
            labels.preferences().stream().map(Preference::id).toList());
        assertEquals(
            List.of(0.1, 0.1, 0.9, 0.9),
            labels.preferences().stream().map(Preference::probabilityFirst).toList());
        // Against pairs of which one of the four is seen otherwise, and one is even.
        List<Preference> pairs = new ArrayList<>(labels.preferences());
        pairs.set(0, pair(pairs.get(0), 0.7));
        pairs.set(1, pair(pairs.get(1), 0.5));
        assertEquals(
            new Ranker.Consistency(4, 2 / 3.0), Ranker.Consistency.of(labels.preferences(), pairs));
      }
    }
  }

  private static Preference pair(Preference of, double probability) {
    return new Preference(
        of.id(), of.prompt(), of.first(), of.second(), probability, of.provenance());
  }

  @Test
  void aRankingThatLeavesOneOutIsNone() {
    script = n -> says(n == 0 ? "2 > 1" : n == 1 ? "1 > 2 > 3" : "2 > 1");
    List<Candidates> all = List.of(of("a", "x", "y", "z"), of("b", "x", "y"));
    // One question at a time, so that the n-th request is the n-th question.
    var oneByOne = new EndpointModel.Endpoint(url(), "judge-1", "KEY", 4, 1, 3, 0);
    try (LanguageModelJudge judge = open(oneByOne, null)) {
      var labels = new Ranker(judge, "Be true.", null, 50, 3, 0).label(all);
      assertEquals(4, labels.report().pairs());
      assertEquals(3, labels.report().unanswered());
      assertEquals(List.of("b"), labels.preferences().stream().map(Preference::id).toList());
    }
  }

  private int run(Object command, Object... arguments) {
    CommandLine line = Commands.commandLine(command);
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err));
    List<String> words = new ArrayList<>();
    for (Object each : arguments) {
      words.add(each.toString());
    }
    return line.execute(words.toArray(String[]::new));
  }

  @Test
  void theCommandsWriteRowsWithTheirProofAndAskNothingTwice() throws IOException {
    rates((place, text) -> "" + Math.min(5, 1 + worth(text)));
    Path candidates = folder.resolve("candidates.jsonl");
    JsonLines.write(candidates, List.of(of("a", "x+", "y+++"), of("b", "x", "y+", "z++")));
    Path ratings = folder.resolve("ratings.jsonl");
    Path preferences = folder.resolve("preferences.jsonl");
    Object[] rate = {
      candidates,
      ratings,
      "--kind",
      "endpoint",
      "--url",
      url(),
      "--model",
      "judge-1",
      "--preferences",
      preferences
    };
    assertEquals(0, run(new RateCommand(), rate), err::toString);
    assertEquals(4 * 2 + 5, requests.size()); // four aspects of two prompts, overall of five
    assertTrue(out.toString().contains("5 rated completions in"), out::toString);
    assertTrue(out.toString().contains("overall against aspects: same order in –"), out::toString);
    RatedCompletion first = JsonLines.read(ratings, RatedCompletion.class).get(1);
    assertEquals(
        Map.of(
            "helpfulness",
            4.0,
            "honesty",
            4.0,
            "instruction_following",
            4.0,
            "overall",
            7.0,
            "truthfulness",
            4.0),
        first.ratings());
    assertEquals(
        List.of(0.0, 0.0, 0.0, 0.0),
        JsonLines.read(preferences, Preference.class).stream()
            .map(Preference::probabilityFirst)
            .toList());
    assertEquals(0, run(new RateCommand(), rate), err::toString);
    assertEquals(13, requests.size());

    assertEquals(0, run(new VerifyLabelsCommand(), ratings), err::toString);
    assertEquals(0, run(new VerifyLabelsCommand(), preferences), err::toString);
    assertTrue(
        out.toString().contains("together, by aspects: ultrafeedback (ratings): not asked"),
        out::toString);
    String written = Files.readString(ratings);
    Files.writeString(ratings, written.replace("\"helpfulness\":4.0", "\"helpfulness\":5.0"));
    assertEquals(2, run(new VerifyLabelsCommand(), ratings));
    assertTrue(err.toString().contains("ratings.jsonl, label 2 (a#1)"), err::toString);
  }

  @Test
  void theCommandRanksAndChecksThePairs() {
    script =
        n ->
            shown(n).size() == 2 && requests.get(n).path("messages").size() == 2
                ? says(worth(shown(n).get(1)) > worth(shown(n).get(2)) ? "1" : "2")
                : says(
                    String.join(
                        " > ",
                        shown(n).entrySet().stream()
                            .sorted((a, b) -> worth(b.getValue()) - worth(a.getValue()))
                            .map(each -> "" + each.getKey())
                            .toList()));
    Path candidates = folder.resolve("candidates.jsonl");
    JsonLines.write(candidates, List.of(of("b", "x", "y+", "z++")));
    Path preferences = folder.resolve("ranked.jsonl");
    assertEquals(
        0,
        run(
            new RankCommand(),
            candidates,
            preferences,
            "--kind",
            "endpoint",
            "--url",
            url(),
            "--model",
            "judge-1",
            "--check-pairs"),
        err::toString);
    assertEquals(2 + 6, requests.size());
    assertTrue(out.toString().contains("agrees with the pairs 100.0 %, of 3"), out::toString);
    assertEquals(0, run(new VerifyLabelsCommand(), preferences), err::toString);
    assertTrue(out.toString().contains("given together, by ranking"), out::toString);
  }
}
