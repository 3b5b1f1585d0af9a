package org.rlaif.model;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What is logged while something is done. */
public final class Logged {
  private Logged() {}

  /** The lines of one class, in order. */
  public static List<String> by(Class<?> of, Runnable work) {
    var logger = (Logger) LoggerFactory.getLogger(of);
    Level before = logger.getLevel();
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    logger.setLevel(Level.INFO);
    logger.addAppender(lines);
    try {
      work.run();
    } finally {
      logger.detachAppender(lines);
      logger.setLevel(before);
    }
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
