package org.rlaif.serving.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Work that makes way for decoding, as Linux sees it. */
class AsideTest {
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_IDLE = 5;
  private static final long LONG_ENOUGH_NANOS = 20_000_000_000L;

  /**
   * Of the current thread, from /proc (proc_pid_stat(5): fields 19 and 41).
   *
   * @param policy by which it gets a core
   */
  private record Schedule(int niceness, int policy) {
    static Schedule now() {
      try {
        String line = Files.readString(Path.of("/proc/thread-self/stat"));
        String[] fromThird = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
        return new Schedule(Integer.parseInt(fromThird[16]), Integer.parseInt(fromThird[38]));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void itIsNiceAndOutsideOfJavaItWaitsForAnIdleCore() {
    Schedule mine = Schedule.now();
    try (var aside = new Aside("aside")) {
      assertEquals(new Schedule(15, SCHED_OTHER), aside.run(Schedule::now));
      assertEquals(new Schedule(15, SCHED_IDLE), aside.run(() -> Aside.natively(Schedule::now)));
      assertEquals(new Schedule(15, SCHED_OTHER), aside.run(Schedule::now), "in Java again");
    }
    assertEquals(mine, Aside.natively(Schedule::now), "another thread stays as it is");
  }

  @Test
  void whatTakesLongGetsALittleOfACore() {
    try (var aside = new Aside("aside", Duration.ofMillis(50))) {
      Schedule late = aside.run(() -> Aside.natively(AsideTest::untilItChanges));
      assertEquals(new Schedule(15, SCHED_OTHER), late);
      assertEquals(
          SCHED_IDLE,
          aside.run(() -> Aside.natively(Schedule::now)).policy(),
          "what comes next makes way");
    }
  }

  private static Schedule untilItChanges() {
    long end = System.nanoTime() + LONG_ENOUGH_NANOS;
    Schedule now = Schedule.now();
    while (now.policy() == SCHED_IDLE && System.nanoTime() < end) {
      now = Schedule.now();
    }
    return now;
  }

  @Test
  void aFailureIsThrownAsItIs() {
    try (var aside = new Aside("aside")) {
      var failure = new IllegalArgumentException("no such thing");
      Runnable failing =
          () -> {
            throw failure;
          };
      assertEquals(failure, assertThrows(IllegalArgumentException.class, () -> aside.run(failing)));
    }
  }
}
