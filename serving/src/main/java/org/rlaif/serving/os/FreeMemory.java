package org.rlaif.serving.os;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

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
    OptionalLong available = ProcMemory.available();
    return available.isEmpty()
        ? machine.getFreeMemorySize()
        : Math.min(machine.getTotalMemorySize(), available.getAsLong());
  }
}
