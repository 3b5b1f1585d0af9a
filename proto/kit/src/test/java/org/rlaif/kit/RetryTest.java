package org.rlaif.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.junit.jupiter.api.Test;

final class RetryTest {
  @Test
  void waitsDoubleAndEnd() {
    Duration first = Duration.ofSeconds(2);
    for (int i = 0; i < 100; i++) {
      between(1000, 2000, Retry.backoff(first, 1));
      between(4000, 8000, Retry.backoff(first, 3));
      assertEquals(Duration.ofSeconds(60), Retry.backoff(first, 1000));
    }
  }

  private static void between(long low, long high, Duration wait) {
    assertTrue(wait.toMillis() >= low && wait.toMillis() <= high, wait::toString);
  }

  @Test
  void retryAfterIsSecondsOrADate() {
    assertEquals(Duration.ofSeconds(7), Retry.after(" 7 "));
    ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
    Duration left = Retry.after(now.plusSeconds(90).format(DateTimeFormatter.RFC_1123_DATE_TIME));
    between(80_000, 90_000, left);
    assertEquals(Duration.ZERO, Retry.after("Wed, 21 Oct 2015 07:28:00 GMT"));
    for (String nothing : new String[] {"", "soon", "-1", "99999999999"}) {
      assertNull(Retry.after(nothing), nothing);
    }
  }

  @Test
  void anInterruptEndsTheWaitAndIsTold() {
    Thread.currentThread().interrupt();
    var e =
        assertThrows(
            IllegalStateException.class, () -> Retry.sleep(Duration.ofMinutes(1), "the hub"));
    assertTrue(Thread.interrupted());
    assertEquals("interrupted while waiting for the hub", e.getMessage());
  }
}
