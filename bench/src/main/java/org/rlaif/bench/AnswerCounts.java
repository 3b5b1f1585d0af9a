package org.rlaif.bench;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.LinkedHashMap;
import java.util.Map;

/** How requests ended: counted, for there are too many to keep. */
final class AnswerCounts {
  /** With it a server says when to try again, in milliseconds; gRPC's own retries follow it. */
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private long answered;
  private long refused;
  private long withoutHint;
  private long broken;

  synchronized void add(Trace trace) {
    if (trace.isWhole()) {
      answered++;
    } else if (trace.failure() instanceof StatusRuntimeException e
        && e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
      refused++;
      withoutHint += isHinted(e) ? 0 : 1;
    } else {
      broken++;
    }
  }

  private static boolean isHinted(StatusRuntimeException e) {
    Metadata trailers = e.getTrailers();
    String hint = trailers == null ? null : trailers.get(PUSHBACK);
    return hint != null && Long.parseLong(hint) > 0;
  }

  /** Taken, and then not answered as asked. */
  synchronized long broken() {
    return broken;
  }

  /** Refused without a word on when to come back. */
  synchronized long withoutHint() {
    return withoutHint;
  }

  synchronized Map<String, Double> figures() {
    var figures = new LinkedHashMap<String, Double>();
    figures.put("requests", (double) (answered + refused + broken));
    figures.put("answered", (double) answered);
    figures.put("refused", (double) refused);
    figures.put("broken", (double) broken);
    return figures;
  }
}
