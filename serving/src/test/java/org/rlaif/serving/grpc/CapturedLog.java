package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** What our rooms log, from DEBUG on, until this is closed; it does not go anywhere else. */
final class CapturedLog implements AutoCloseable {
  private final Logger ours = (Logger) LoggerFactory.getLogger("org.rlaif");
  private final ListAppender<ILoggingEvent> log =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          event.prepareForDeferredProcessing(); // keeps the MDC of the thread that logs
          super.append(event);
        }
      };

  CapturedLog() {
    ours.setLevel(Level.DEBUG);
    ours.setAdditive(false);
    ours.addAppender(log);
    log.start();
  }

  List<ILoggingEvent> events() {
    synchronized (log) { // as logback does when it appends
      return List.copyOf(log.list);
    }
  }

  /** What the one line about the end of a call says. */
  Map<String, String> line(String request) {
    Map<String, String> fields = new TreeMap<>();
    end(request)
        .getKeyValuePairs()
        .forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
    return fields;
  }

  /** That line; it comes after the answer. */
  ILoggingEvent end(String request) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end) {
      List<ILoggingEvent> found =
          events().stream()
              .filter(event -> event.getLoggerName().equals(Calls.class.getName()))
              .filter(event -> request.equals(event.getMDCPropertyMap().get(CallRecord.REQUEST)))
              .toList();
      if (!found.isEmpty()) {
        assertEquals(1, found.size(), request);
        return found.get(0);
      }
      Thread.onSpinWait();
    }
    throw new AssertionError("no line about the end of request " + request);
  }

  @Override
  public void close() {
    ours.detachAppender(log);
    ours.setAdditive(true);
    ours.setLevel(null);
  }
}
