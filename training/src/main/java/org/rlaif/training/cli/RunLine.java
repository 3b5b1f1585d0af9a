package org.rlaif.training.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import org.rlaif.v1.RunInfo;

/** A run on a server, in one line. */
final class RunLine {
  private RunLine() {}

  /** Such as {@code tiny finished 2026-01-31T12:00:00Z 12.3 s}. */
  static String of(RunInfo run) {
    String line =
        String.format(
            Locale.ROOT,
            "%-20s %-10s %s",
            run.getName(),
            state(run),
            Instant.ofEpochMilli(run.getSubmittedUnixMs()).truncatedTo(ChronoUnit.SECONDS));
    if (run.getEndedUnixMs() > 0 && run.getStartedUnixMs() > 0) {
      double seconds =
          Duration.ofMillis(run.getEndedUnixMs() - run.getStartedUnixMs()).toMillis() / 1e3;
      line += String.format(Locale.ROOT, "  %.1f s", seconds);
    }
    return run.getReason().isEmpty() ? line : line + "  " + run.getReason();
  }

  /** Such as {@code finished}. */
  static String state(RunInfo run) {
    return run.getState().name().replace("RUN_STATE_", "").toLowerCase(Locale.ROOT);
  }
}
