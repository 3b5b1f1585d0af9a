package org.rlaif.serving.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** What Linux says of memory, proc(5), in bytes; elsewhere nothing. */
public final class ProcMemory {
  private ProcMemory() {}

  /** Of this process, what lies in memory. */
  public static OptionalLong resident() {
    return read(Path.of("/proc/self/status"), "VmRSS:");
  }

  /** Free memory with what caches would give back. */
  static OptionalLong available() {
    return read(Path.of("/proc/meminfo"), "MemAvailable:");
  }

  private static OptionalLong read(Path file, String key) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(key))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst();
    } catch (IOException e) { // another system
      return OptionalLong.empty();
    }
  }
}
