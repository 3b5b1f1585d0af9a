package org.rlaif.serving.grpc;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rlaif.serving.queue.Ticket;
import org.rlaif.v1.Usage;
import org.slf4j.MDC;
import org.slf4j.MDC.MDCCloseable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * What the log tells of a call: never what was asked or answered, nor who proved what with which
 * secret. Names that callers choose stand in it only if they are plain.
 */
final class CallRecord {
  static final Context.Key<CallRecord> CURRENT = Context.key("call");

  /** In the log's lines, by SLF4J's MDC. */
  static final String REQUEST = "request";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /** Fields of requests that tell the model, the first that there is; an update's id begins so. */
  private static final List<String> MODEL = List.of("model", "model_name", "update_id", "name");

  /** The field of requests that tells the run that is trained, and its name in the log. */
  private static final String RUN = "run";

  private final String id;
  private final String method;
  private final String client;
  private final long start = System.nanoTime();
  private @Nullable String model;
  private @Nullable String run;
  private boolean used;
  private long promptTokens;
  private long completionTokens;
  private @Nullable Ticket ticket;
  private Status status = Status.UNKNOWN;

  CallRecord(String id, String method, String client) {
    this.id = id;
    this.method = method;
    this.client = client;
  }

  /** Short, of letters, digits, dots, underscores and hyphens. */
  static boolean isPlain(@Nullable String name) {
    return name != null && PLAIN.matcher(name).matches();
  }

  String id() {
    return id;
  }

  String method() {
    return method;
  }

  /** Until it is closed, this thread's lines in the log bear the request's id. */
  MDCCloseable inLog() {
    return MDC.putCloseable(REQUEST, id);
  }

  synchronized void asked(Object request) {
    if (model != null || run != null || !(request instanceof Message message)) {
      return;
    }
    run = chosen(message, RUN);
    for (String name : MODEL) {
      String said = chosen(message, name);
      if (said != null) {
        int slash = said.lastIndexOf('/');
        String chosen = slash < 0 ? said : said.substring(0, slash);
        model = isPlain(chosen) ? chosen : null;
        return;
      }
    }
  }

  /** What a request says in a field; null: it has no such field of text. */
  private static @Nullable String chosen(Message message, String name) {
    FieldDescriptor field = message.getDescriptorForType().findFieldByName(name);
    return field != null && field.getJavaType() == JavaType.STRING && !field.isRepeated()
        ? (String) message.getField(field)
        : null;
  }

  synchronized void answered(Object response) {
    if (response instanceof Message message) {
      FieldDescriptor field = message.getDescriptorForType().findFieldByName("usage");
      if (field != null
          && message.hasField(field)
          && message.getField(field) instanceof Usage all) {
        used = true;
        promptTokens += all.getPromptTokens();
        completionTokens += all.getCompletionTokens();
      }
    }
  }

  /** The engine took it. */
  synchronized void taken(Ticket ticket) {
    this.ticket = ticket;
  }

  /** Nothing goes on for it. */
  synchronized void cancel() {
    if (ticket != null) {
      ticket.cancel();
    }
  }

  synchronized void closed(Status status) {
    this.status = status;
  }

  synchronized void write(LoggingEventBuilder line) {
    line = line.addKeyValue("method", method).addKeyValue("client", client);
    if (isPlain(run)) {
      line = line.addKeyValue(RUN, run);
    }
    if (model != null) {
      line = line.addKeyValue("model", model);
    }
    line = line.addKeyValue("status", status.getCode());
    if (used) {
      line = line.addKeyValue("prompt_tokens", promptTokens);
      line = line.addKeyValue("completion_tokens", completionTokens);
    }
    if (ticket != null) {
      line = time(line, "queue_ms", ticket.queueTime());
      line = time(line, "first_token_ms", ticket.timeToFirstToken());
    }
    time(line, "total_ms", Duration.ofNanos(System.nanoTime() - start)).log("call ended");
  }

  private static LoggingEventBuilder time(
      LoggingEventBuilder line, String name, @Nullable Duration time) {
    return time == null ? line : line.addKeyValue(name, Math.round(time.toNanos() * 1e-4) / 1e2);
  }
}
