package org.rlaif.training.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Progress;
import org.rlaif.v1.Metrics;
import org.rlaif.v1.RunInfo;
import org.rlaif.v1.StageEnded;
import org.rlaif.v1.WatchRunResponse;

/**
 * A run as it is watched. On a terminal: a bar for the stage at work, a line for each that has
 * finished. Elsewhere a line for each event.
 */
final class WatchedRun implements AutoCloseable {
  /** Of what a training measures, what is shown beside a bar, if it is there. */
  private static final Set<String> SHOWN = Set.of("loss", "score", "kl", "reward", "accuracy");

  private final PrintWriter out;
  private final boolean terminal = Progress.isTerminal();
  private @Nullable Progress bar;
  private boolean told; // something that happened
  private RunInfo last = RunInfo.getDefaultInstance();

  WatchedRun(PrintWriter out) {
    this.out = out;
  }

  void show(WatchRunResponse message) {
    told |= !message.hasRun();
    switch (message.getEventCase()) {
      case RUN -> state(message.getRun());
      case BEGUN -> plain(message, message.getBegun().getStage() + " begins");
      case METRICS -> metrics(message);
      case ENDED -> ended(message);
      case EVENT_NOT_SET -> {} // of a later version
    }
    out.flush();
  }

  private void state(RunInfo run) {
    boolean closing = run.getEndedUnixMs() > 0 && told;
    if (closing || !run.equals(last)) { // asked again, the server tells it again
      close();
      last = run;
      out.println(RunLine.of(run));
    }
  }

  private void plain(WatchRunResponse message, String line) {
    if (!terminal) {
      out.printf(Locale.ROOT, "%6d  %s%n", message.getPosition(), line);
    }
  }

  private void metrics(WatchRunResponse message) {
    Metrics row = message.getMetrics();
    plain(
        message,
        String.format(
            Locale.ROOT,
            "%s%s %s %d  %s",
            row.getStage(),
            row.getMember() == 0 ? "" : "-" + row.getMember(),
            row.getUnit(),
            row.getNumber(),
            words(row.getValuesMap())));
    if (terminal) {
      if (bar == null) {
        bar = Progress.start(row.getStage(), row.getUnit() + "s");
      }
      bar.step(1);
      bar.figures("%s", beside(row.getValuesMap()));
    }
  }

  private static String words(Map<String, Double> values) {
    return values.entrySet().stream()
        .map(each -> each.getKey() + " " + number(each.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String beside(Map<String, Double> values) {
    Map<String, Double> shown = new LinkedHashMap<>(values);
    shown.keySet().retainAll(SHOWN);
    return words(shown);
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  private void ended(WatchRunResponse message) {
    StageEnded stage = message.getEnded();
    close();
    String line =
        String.format(
            Locale.ROOT,
            "%-10s %7.1f s  %s",
            stage.getStage(),
            stage.getSeconds(),
            stage.getSummary());
    if (terminal) {
      out.println(line);
    } else {
      plain(message, line);
    }
  }

  /** Ends the bar. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
