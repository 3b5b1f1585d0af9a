package org.rlaif.serving.os;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Work that makes way for decoding, as Linux sees it. */
class BackgroundThreadTest {
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_IDLE = 5;
  private static final int CAP_SYS_NICE = 23; // linux/capability.h
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
  void itIsNiceAndOutsideOfJavaItWaitsForAnIdleCoreIfItCanBeCalledBack() throws IOException {
    int outside = mayStopWaiting() ? SCHED_IDLE : SCHED_OTHER;
    Schedule mine = Schedule.now();
    try (var aside = new BackgroundThread("aside")) {
      assertEquals(new Schedule(15, SCHED_OTHER), aside.run(Schedule::now));
      assertEquals(
          new Schedule(15, outside), aside.run(() -> BackgroundThread.natively(Schedule::now)));
      assertEquals(new Schedule(15, SCHED_OTHER), aside.run(Schedule::now), "in Java again");
    }
    assertEquals(mine, BackgroundThread.natively(Schedule::now), "another thread stays as it is");
  }

  @Test
  void whatTakesLongGetsALittleOfACore() throws IOException {
    try (var aside = new BackgroundThread("aside", Duration.ofMillis(50))) {
      assertEquals(
          SCHED_OTHER,
          aside
              .run(() -> BackgroundThread.natively(BackgroundThreadTest::untilItIsCalled))
              .policy());
      int next = aside.run(() -> BackgroundThread.natively(Schedule::now)).policy();
      assertEquals(mayStopWaiting() ? SCHED_IDLE : SCHED_OTHER, next, "what comes next makes way");
    }
  }

  /** Whether Linux lets a thread of niceness 15 leave SCHED_IDLE (sched(7), getrlimit(2)). */
  private static boolean mayStopWaiting() throws IOException {
    String capabilities = valueOf("/proc/self/status", "CapEff:").get(0);
    boolean isPrivileged = (Long.parseUnsignedLong(capabilities, 16) >> CAP_SYS_NICE & 1) == 1;
    String most = valueOf("/proc/self/limits", "Max nice priority").get(0);
    return isPrivileged || most.equals("unlimited") || Integer.parseInt(most) >= 20 - 15;
  }

  private static List<String> valueOf(String file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      String line = lines.filter(each -> each.startsWith(name)).findFirst().orElseThrow();
      return List.of(line.substring(name.length()).trim().split("\\s+"));
    }
  }

  @Test
  void threadsThatItStartsLaterDoNotWait() {
    try (var aside = new BackgroundThread("aside")) {
      aside.run(() -> BackgroundThread.natively(Schedule::now));
      assertEquals(SCHED_OTHER, aside.run(BackgroundThreadTest::ofANewThread).policy());
    }
    assertEquals(SCHED_OTHER, ofANewThread().policy());
  }

  private static Schedule ofANewThread() {
    return CompletableFuture.supplyAsync(Schedule::now, work -> new Thread(work).start()).join();
  }

  private static Schedule untilItIsCalled() {
    long end = System.nanoTime() + LONG_ENOUGH_NANOS;
    Schedule now = Schedule.now();
    while (now.policy() == SCHED_IDLE && System.nanoTime() < end) {
      now = Schedule.now();
    }
    return now;
  }

  @Test
  void aFailureIsThrownAsItIs() {
    try (var aside = new BackgroundThread("aside")) {
      var failure = new IllegalArgumentException("no such thing");
      Runnable failing =
          () -> {
            throw failure;
          };
      assertEquals(failure, assertThrows(IllegalArgumentException.class, () -> aside.run(failing)));
      BackgroundThread.Native<Boolean, IOException> unreadable =
          () -> {
            throw new IOException("no such file");
          };
      Exception caught =
          aside.run(
              () -> assertThrows(IOException.class, () -> BackgroundThread.natively(unreadable)));
      assertEquals("no such file", caught.getMessage());
    }
  }
}
