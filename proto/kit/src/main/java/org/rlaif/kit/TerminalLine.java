package org.rlaif.kit;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;

/**
 * The line of a terminal that a bar is drawn on. The bar's own library asks for the terminal's
 * width in a way that gives SIGINT back to the system: Ctrl-C then ends the JVM without its hooks.
 */
final class TerminalLine extends ConsoleProgressBarConsumer {
  /** Leaves a terminal its last column, as the library does. */
  private static final int MARGIN = 1;

  private static final int UNKNOWN_WIDTH = 80;

  private static @Nullable Terminal terminal;
  private static @Nullable TerminalLine drawn;
  private static boolean left;

  private final PrintStream out;

  TerminalLine(PrintStream out) {
    super(out);
    this.out = out;
  }

  /**
   * Ends the line of a bar that is being drawn, for the last that is said; no bar is drawn then.
   */
  static synchronized void leave() {
    left = true;
    if (drawn != null) {
      drawn.out.println();
      drawn = null;
    }
  }

  /** A line of text above the bar, which is drawn again below it. */
  void above(String text) {
    synchronized (TerminalLine.class) {
      if (!left) {
        out.print("\r\u001B[K" + text + System.lineSeparator());
        out.flush();
      }
    }
  }

  @Override
  public int getMaxRenderedLength() {
    int width = terminal().getWidth();
    return (width < 10 ? UNKNOWN_WIDTH : width) - MARGIN;
  }

  @Override
  public void accept(String rendered) {
    synchronized (TerminalLine.class) {
      if (!left) {
        super.accept(rendered);
        drawn = this;
      }
    }
  }

  @Override
  public void close() {
    synchronized (TerminalLine.class) {
      drawn = null;
      super.close();
    }
  }

  /** Stays open, for the bars to come. */
  private static synchronized Terminal terminal() {
    if (terminal == null) {
      try {
        terminal = TerminalBuilder.builder().dumb(true).nativeSignals(false).build();
      } catch (IOException e) {
        throw new UncheckedIOException("the terminal cannot be asked for its width", e);
      }
    }
    return terminal;
  }
}
