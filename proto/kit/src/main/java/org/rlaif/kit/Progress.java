package org.rlaif.kit;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a stage is: a bar with rate, time left and current figures on a terminal; a plain
 * line every few seconds elsewhere. Writes to standard error, so that results can be piped.
 */
public final class Progress implements AutoCloseable {
  private static final long UNKNOWN = -1;
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);

  private final String stage;
  private final long total;
  private final String unit;
  private final PrintStream out;
  private final long start = System.nanoTime();
  private final @Nullable TerminalLine line;
  private final @Nullable ProgressBar bar;
  private long done;
  private long lastLine = start;
  private String figures = "";

  private Progress(String stage, long total, String unit, PrintStream out, boolean terminal) {
    this.stage = stage;
    this.total = total;
    this.unit = unit;
    this.out = out;
    this.line = terminal ? new TerminalLine(out) : null;
    this.bar =
        line != null
            ? new ProgressBarBuilder()
                .setTaskName(String.format(Locale.ROOT, "%-11s", stage))
                .setInitialMax(total)
                .setUnit(" " + unit, 1)
                .showSpeed(new DecimalFormat("0.0", DecimalFormatSymbols.getInstance(Locale.ROOT)))
                .setStyle(ProgressBarStyle.UNICODE_BLOCK)
                .setUpdateIntervalMillis(200)
                .setConsumer(line)
                .build()
            : null;
  }

  /** Starts a stage of {@code total} units, for example {@code ("sft", 600, "steps")}. */
  public static Progress start(String stage, long total, String unit) {
    return new Progress(stage, total, unit, System.err, isTerminal());
  }

  /** Starts a stage of which nobody can say how many units it has. */
  public static Progress start(String stage, String unit) {
    return start(stage, UNKNOWN, unit);
  }

  /** Shows nothing: somebody types where it would stand. */
  public static Progress silent(String stage, long total, String unit) {
    return plain(
        stage,
        total,
        unit,
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
  }

  static Progress plain(String stage, long total, String unit, PrintStream out) {
    return new Progress(stage, total, unit, out, false);
  }

  /** {@code n} more units are done. */
  public synchronized void step(long n) {
    done += n;
    if (bar != null) {
      bar.stepBy(n);
    } else if (System.nanoTime() - lastLine >= BETWEEN_LINES.toNanos()) {
      writeLine();
    }
  }

  /** Current figures, shown behind the bar, for example {@code "loss %.3f"}. */
  public synchronized void figures(String format, Object... values) {
    figures = String.format(Locale.ROOT, format, values);
    if (bar != null) {
      bar.setExtraMessage(" " + figures);
    }
  }

  /** A line by itself, for people who watch. */
  public synchronized void say(String text) {
    if (line != null) {
      line.above(text);
    } else {
      out.println(text);
      out.flush();
    }
  }

  /** Ends the stage with a last line. */
  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
    } else {
      writeLine();
    }
  }

  private void writeLine() {
    lastLine = System.nanoTime();
    double seconds = (lastLine - start) / 1e9;
    double rate = done / Math.max(seconds, 1e-3);
    if (total == UNKNOWN) {
      out.printf(
          Locale.ROOT,
          "%-11s %d %s, %.1f/s, %.1f s%s%n",
          stage,
          done,
          unit,
          rate,
          seconds,
          shown());
      out.flush();
      return;
    }
    String left =
        done < total && rate > 0
            ? String.format(Locale.ROOT, ", %.0f s left", (total - done) / rate)
            : String.format(Locale.ROOT, ", %.1f s", seconds);
    out.printf(
        Locale.ROOT,
        "%-11s %3d %%  %d/%d %s, %.1f/s%s%s%n",
        stage,
        total == 0 ? 100 : 100 * done / total,
        done,
        total,
        unit,
        rate,
        left,
        shown());
    out.flush();
  }

  private String shown() {
    return figures.isEmpty() ? "" : "  " + figures;
  }

  /** Whether it is shown as a bar. */
  @SuppressWarnings("SystemConsoleNull") // the launcher asks JDK 22 and newer for the old meaning
  public static boolean isTerminal() {
    // A console exists only when input and output are a terminal; TERM=dumb cannot redraw a line.
    return System.console() != null && !"dumb".equals(System.getenv("TERM"));
  }
}
