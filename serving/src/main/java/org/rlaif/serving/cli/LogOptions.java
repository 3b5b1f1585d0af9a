package org.rlaif.serving.cli;

import java.util.Locale;
import picocli.CommandLine.Option;

/** How a server that is started here writes its log, on standard error. */
@SuppressWarnings("NullAway.Init") // picocli fills the fields
final class LogOptions {
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
      description = "text or json, a line for each event (default: ${DEFAULT-VALUE}).")
  private Format format;

  @Option(
      names = "--log-level",
      defaultValue = "info",
      description = {
        "error, warn, info or debug (default: ${DEFAULT-VALUE}).",
        "info has a line for every call that ends, debug for health checks and the like too."
      })
  private Level level;

  /** Before anything is logged: the settings are read when the first logger is made. */
  void apply() {
    System.setProperty("rlaif.log.format", format.name().toLowerCase(Locale.ROOT));
    System.setProperty("rlaif.log.level", level.name());
  }
}
