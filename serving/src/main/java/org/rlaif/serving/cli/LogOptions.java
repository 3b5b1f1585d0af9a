package org.rlaif.serving.cli;

import java.util.Locale;
import org.rlaif.kit.UserError;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/** How a server that is started here writes its log, on standard error. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
public final class LogOptions {
  private enum Format {
    TEXT,
    JSON
  }

  private enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }

  @Option(
      names = "--log-format",
      defaultValue = "text",
      description = {
        "text or json, a line for each event (default: ${DEFAULT-VALUE}).",
        "With json the log is all that is written, standard output stays empty."
      })
  private Format format;

  @Option(
      names = "--log-level",
      defaultValue = "info",
      description = {
        "error, warn, info or debug (default: ${DEFAULT-VALUE}).",
        "info has a line for every call that ends, debug for health checks and the like too."
      })
  private Level level;

  /**
   * Before anything is logged: the settings are read when the first logger is made. What libraries
   * log in Java's own way, and what ends a thread, goes into the same log.
   */
  public void apply() {
    System.setProperty("rlaif.log.format", format.name().toLowerCase(Locale.ROOT));
    System.setProperty("rlaif.log.level", level.name());
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    Logger log = log();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, cause) -> log.error("thread {} ends", thread.getName(), cause));
  }

  /** Whether the log is all that a server says. */
  public boolean isForMachines() {
    return format == Format.JSON;
  }

  /** What a command does until it is stopped. */
  public interface Serving {
    void serve() throws InterruptedException;
  }

  /**
   * Serves, with its log as it is set. For machines, a mistake of whoever started it is a line like
   * all others.
   *
   * @return the exit code
   */
  public int run(Serving serving) throws InterruptedException {
    apply();
    try {
      serving.serve();
      return ExitCode.OK;
    } catch (UserError e) {
      if (!isForMachines()) {
        throw e;
      }
      log().error(e.getMessage());
      return ExitCode.USAGE;
    }
  }

  private static Logger log() {
    return LoggerFactory.getLogger(LogOptions.class);
  }
}
