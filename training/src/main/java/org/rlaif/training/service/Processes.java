package org.rlaif.training.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Processes that may be others' children. */
final class Processes {
  /** The clock that tells when a process began may have been set since. */
  private static final long TOLERANCE_MS = 2000;

  private Processes() {}

  /** When a process began, in milliseconds since 1970; 0: the system does not say. */
  static long startMs(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** The process of that number if it lives and began then. */
  static Optional<ProcessHandle> find(long pid, long startMs) {
    return find(pid).filter(each -> Math.abs(startMs(each) - startMs) <= TOLERANCE_MS);
  }

  /** The process of that number if it lives. */
  static Optional<ProcessHandle> find(long pid) {
    return pid <= 0 ? Optional.empty() : ProcessHandle.of(pid).filter(Processes::lives);
  }

  /** Whether it has not ended. One that nobody has asked how it ended counts as ended. */
  static boolean lives(ProcessHandle process) {
    return process.isAlive() && !isZombie(process.pid());
  }

  private static boolean isZombie(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
    } catch (IOException e) { // gone, or a system without such files
      return false;
    }
  }
}
