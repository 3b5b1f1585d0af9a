package org.rlaif.serving.os;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** Memory that is free now, in bytes. */
public final class FreeMemory {
  private static final long COLLECTED_MS = 200;

  private FreeMemory() {}

  /** What is left for more, in bytes. */
  public static long left() {
    return Math.max(0, Math.min(direct(), machine()));
  }

  /** Buffers that nobody holds are counted until they are collected. */
  public static long directOnceCollected() {
    System.gc();
    try {
      TimeUnit.MILLISECONDS.sleep(COLLECTED_MS); // another thread frees them
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return direct();
  }

  /** Of direct buffers, bytes that are not taken. */
  public static long direct() {
    HotSpotDiagnosticMXBean vm = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long limit = Long.parseLong(vm.getVMOption("MaxDirectMemorySize").getValue());
    if (limit == 0) { // unset: as large as the heap
      limit = Runtime.getRuntime().maxMemory();
    }
    long used = 0;
    for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
      if (pool.getName().equals("direct")) {
        used = pool.getTotalCapacity();
      }
    }
    return limit - used;
  }

  /** Free memory with what caches would give back, within the container's limit. */
  public static long machine() {
    var machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Path file = Path.of("/proc/meminfo");
    if (Files.isReadable(file)) {
      try {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("MemAvailable:")) {
            long kib = Long.parseLong(line.replaceAll("\\D", ""));
            return Math.min(machine.getTotalMemorySize(), kib << 10);
          }
        }
      } catch (IOException e) {
        LoggerFactory.getLogger(FreeMemory.class).warn("{} cannot be read", file, e);
      }
    }
    return machine.getFreeMemorySize();
  }
}
