package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.Statistics;
import org.rlaif.training.data.DataSet;
import org.rlaif.training.report.Report;
import org.rlaif.training.run.Figures;
import org.rlaif.training.run.RunFolder;

/** What a finished run has to say to the person who started it. */
final class Summary {
  /** An interval that is worth a word. */
  private static final double WIDE = 0.1;

  private Summary() {}

  static void print(RunFolder folder, PrintWriter out) {
    @SuppressWarnings("unchecked") // JSON objects have text for keys
    Map<String, Object> report = Json.read(folder.path().resolve(Report.FIGURES), Map.class);
    String run = folder.typed();
    out.println();
    out.printf(
        Locale.ROOT,
        "Against its starting point (%s) the policy wins %s of %d test prompts, ties half, says"
            + " %s.%n",
        report.containsKey("sft") ? "SFT" : "the model that it began as",
        percent(report, "winRate.policyVsSft.value"),
        (long) Figures.number(report, "winRate.policyVsSft.n"),
        judge(report, "evaluation.judge"));
    out.printf(
        Locale.ROOT,
        "95 %% interval: %s to %s%s.%n",
        percent(report, "winRate.policyVsSft.low"),
        percent(report, "winRate.policyVsSft.high"),
        Figures.get(report, "winRate.policyVsReference") == null
            ? ""
            : "; against the references it wins "
                + percent(report, "winRate.policyVsReference.value"));
    if (report.containsKey("rewardModel")) {
      out.printf(
          Locale.ROOT,
          "The reward model agrees with %s, given by %s.%n",
          agreement(report),
          judge(report, "labels.judge"));
    }
    out.printf(
        Locale.ROOT,
        "All of it took %.1f minutes.%n",
        Figures.number(report, "seconds.total") / 60);
    out.println();
    out.println("Report:   " + Path.of(run).resolve(Report.PAGE));
    out.println("Figures:  " + Path.of(run).resolve(Report.FIGURES));
    out.println("Serve:    ./rlaif serve " + quoted(run));
    question(DataSet.read(folder.stage("data")).test())
        .ifPresent(asked -> out.println("Ask it:   ./rlaif generate " + quoted(run) + " " + asked));
    out.println();
    out.flush();
  }

  /** Ties say nothing, and few labels leave much open. */
  private static String agreement(Map<String, Object> report) {
    double decided = Figures.number(report, "rewardModel.decided");
    if (decided == 0) {
      return "none of the held-out labels, which are all ties";
    }
    double accuracy = Figures.number(report, "rewardModel.accuracy");
    double[] interval = Statistics.wilson(accuracy, decided);
    return percent(accuracy)
        + " of the held-out labels"
        + (interval[1] - interval[0] < WIDE
            ? ""
            : " (%s to %s, as there are %d)"
                .formatted(percent(interval[0]), percent(interval[1]), (long) decided));
  }

  private static String judge(Map<String, Object> report, String name) {
    String judge = String.valueOf(Figures.get(report, name));
    return switch (judge) {
      case "gold" -> "the gold judge, who knows the facts";
      case "people" -> "people";
      default ->
          judge.startsWith("rubric:")
              ? "the rubric judge (" + judge + ", computed from the text)"
              : "the judge " + judge;
    };
  }

  /** The shortest prompt that can be typed, as {@code rlaif generate} takes it. */
  private static Optional<String> question(List<Example> examples) {
    return examples.stream()
        .map(Example::prompt)
        .sorted(Comparator.comparingInt(prompt -> prompt.transcript().length()))
        .flatMap(Summary::typed)
        .findFirst();
  }

  private static Stream<String> typed(Prompt prompt) {
    if (!(prompt instanceof Prompt.Chat chat)) {
      return Stream.of(quoted(prompt.transcript()));
    }
    List<Message> messages = chat.messages();
    Message last = messages.get(messages.size() - 1);
    String said = quoted(last.content());
    return switch (messages.size()) {
      case 1 -> Stream.of("--chat " + said);
      case 2 -> Stream.of("--system " + quoted(messages.get(0).content()) + " " + said);
      default -> Stream.empty();
    };
  }

  private static String percent(Map<String, Object> report, String name) {
    return percent(Figures.number(report, name));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** As bash reads it back, on one line. */
  static String quoted(String text) {
    if (text.matches("[A-Za-z0-9_./-]+")) {
      return text;
    }
    String escaped =
        text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t");
    return "$'" + escaped + "'";
  }
}
