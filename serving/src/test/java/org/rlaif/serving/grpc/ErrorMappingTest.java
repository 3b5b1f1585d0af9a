package org.rlaif.serving.grpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import org.rlaif.kit.UserError;
import org.rlaif.serving.queue.Refusal;
import org.rlaif.serving.queue.Refusal.Reason;

class ErrorMappingTest {
  private static final CallRecord CALL = new CallRecord("3f2a-7", "m", "client c");

  @Test
  void aMistakeKeepsItsSentence() {
    Status status = ErrorMapping.status(CALL, UserError.expected("top_p", 2, "at most 1"));
    assertEquals(Status.Code.INVALID_ARGUMENT, status.getCode());
    assertEquals("top_p: 2 (expected: at most 1)", status.getDescription());
  }

  @Test
  void everyReasonHasItsStatus() {
    assertEquals(Status.Code.NOT_FOUND, code(Reason.NOT_FOUND));
    assertEquals(Status.Code.ALREADY_EXISTS, code(Reason.ALREADY_EXISTS));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, code(Reason.QUEUE_FULL));
    assertEquals(Status.Code.FAILED_PRECONDITION, code(Reason.PRECONDITION));
    assertEquals(Status.Code.UNAVAILABLE, code(Reason.UNAVAILABLE));
    assertEquals(Status.Code.CANCELLED, code(Reason.CANCELLED));
    assertEquals(
        Status.Code.CANCELLED, ErrorMapping.status(CALL, new CancellationException()).getCode());
  }

  /** Ours: the caller learns an id, not what is inside. (The log shows this stack trace.) */
  @Test
  void anythingElseIsInternal() {
    Status status = ErrorMapping.status(CALL, new IllegalStateException("secret"));
    assertEquals(Status.Code.INTERNAL, status.getCode());
    String description = String.valueOf(status.getDescription());
    assertTrue(description.endsWith("under request 3f2a-7"), description);
    assertFalse(description.contains("secret"));
  }

  private static Status.Code code(Reason reason) {
    return ErrorMapping.status(CALL, new Refusal(reason, "why")).getCode();
  }
}
