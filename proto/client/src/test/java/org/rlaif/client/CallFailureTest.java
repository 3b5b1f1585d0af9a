package org.rlaif.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CallFailureTest {
  private static RuntimeException explained(StatusRuntimeException e) {
    return CallFailure.explained(e, IllegalArgumentException::new);
  }

  @Test
  void whatPeopleCanMendIsSaidInTheWordsOfTheFailure() {
    for (Status status : List.of(Status.NOT_FOUND, Status.UNAVAILABLE, Status.UNAUTHENTICATED)) {
      var e = status.withDescription("no model nobody").asRuntimeException();
      RuntimeException mistake = explained(e);
      assertEquals("no model nobody", mistake.getMessage());
      assertSame(e, mistake.getCause());
    }
  }

  @Test
  void whatBreaksInsideAServerStaysWhatItIs() {
    for (Status status : List.of(Status.INTERNAL, Status.UNKNOWN, Status.DATA_LOSS)) {
      var e = status.withDescription("broken").asRuntimeException();
      assertSame(e, explained(e));
    }
  }
}
