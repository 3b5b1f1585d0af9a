package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.rlaif.judge.WinRate;
import org.rlaif.kit.ConfigFiles;
import org.rlaif.training.comparison.Improvement;
import org.rlaif.training.comparison.RunComparison;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunFolder;
import org.rlaif.training.stages.ReportStage;

/**
 * Feedback, reward model and policy again, from the policy before, until the win rate rises no
 * more. Each time is a run of its own in the folder of the first, on the same data, and its policy
 * is compared with what the first one's is.
 */
final class Iterations {
  private static final String FOLDER = "iterations";

  private Iterations() {}

  /**
   * Runs as many as are wanted, says what has come of them, and notes the models of the best as
   * those of the first.
   *
   * @param replace whether finished results may be discarded
   */
  static void run(Session first, boolean replace) {
    first.run(null, replace);
    int most = first.run().config().iterations();
    if (most == 1) {
      first.sumUp();
    } else {
      after(first, most, replace, first.out());
    }
  }

  private static void after(Session first, int most, boolean replace, PrintWriter out) {
    Path inside = first.run().folder().path().resolve(FOLDER);
    List<Session> done = new ArrayList<>(List.of(first));
    boolean improves = say(done, out);
    while (improves && done.size() < most) {
      RunConfig next = next(first.run(), done.get(done.size() - 1).run(), done.size() + 1);
      Session session = first.another(next, inside);
      session.run(null, replace);
      done.add(session);
      improves = say(done, out);
    }
    if (!improves) {
      out.println("No further iteration: the win rate has risen by no more than its interval.");
    }
    Session best =
        done.stream().max(Comparator.comparingDouble(each -> winRate(each).value())).orElseThrow();
    if (best != first) {
      first.run().folder().noteModelsOf(best.run().folder());
    }
    var comparison = new RunComparison(done.stream().map(each -> each.run().folder()).toList());
    comparison.write(first.run().folder().path().resolve(RunFolder.ITERATIONS), ReportStage.now());
    best.sumUp();
    out.println("Iterations: " + Path.of(first.run().folder().typed(), RunFolder.ITERATIONS));
  }

  /** Whether the last one is better than the one before by more than its interval. */
  private static boolean say(List<Session> done, PrintWriter out) {
    int number = done.size();
    WinRate now = winRate(done.get(number - 1));
    // Over itself, what they are all compared with wins half.
    double before = number == 1 ? 0.5 : winRate(done.get(number - 2)).value();
    out.printf(
        Locale.ROOT,
        "iteration  %d: win rate %.1f %% (%.1f to %.1f)%n",
        number,
        100 * now.value(),
        100 * now.low(),
        100 * now.high());
    out.flush();
    return Improvement.is(before, now);
  }

  private static WinRate winRate(Session session) {
    return Improvement.winRate(session.run().folder());
  }

  /**
   * The settings of a further iteration: it begins with the policy of the one before, draws numbers
   * of its own, and keeps data, splits and opponent.
   *
   * @param number of the iteration, from 2 on
   */
  static RunConfig next(Run first, Run before, int number) {
    RunConfig config = first.config();
    String start = first.path(Product.START).toString();
    List<String> settings =
        new ArrayList<>(
            List.of(
                "name=" + config.name() + "-" + number,
                "seed=" + first.seed("iteration " + number),
                "iterations=1",
                "sft=skip",
                "data.seed=" + config.dataSeed(),
                ConfigFiles.setting("model.folder", before.path(Product.POLICY).toString())));
    if (config.evaluation().against().isEmpty()) {
      settings.add(ConfigFiles.setting("evaluation.against", start));
    }
    if ("sft".equals(config.judge().chosen().model())) { // who judges stays who it is
      settings.add(ConfigFiles.setting("judge.model", start));
    }
    return first.folder().config(settings);
  }
}
