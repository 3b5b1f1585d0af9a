package org.rlaif.serving.grpc;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.rlaif.serving.engine.ServedModel;
import org.rlaif.serving.os.ProcMemory;

/** Whose the memory of this process is, in bytes. */
final class Memory {

  private Memory() {}

  /**
   * The whole that is resident, and its parts: what was ever used of Java's heap, and is still
   * reserved; its classes and code; the weights that serve, with what ONNX Runtime repacks of them;
   * KV caches; and other direct buffers, new weights and messages among them. The rest is native:
   * libraries, runs of the graph, tokenizers, and what the C library has not given back. 0 for what
   * is not known here.
   */
  static Map<String, Long> now(List<ServedModel> models) {
    long heap = heap();
    long classes = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed();
    long weights = models.stream().mapToLong(model -> model.footprint().weights()).sum();
    long caches = models.stream().mapToLong(model -> model.footprint().kvCache()).sum();
    long arenas = models.stream().mapToLong(model -> model.footprint().arena()).sum();
    long buffers = Math.max(0, direct() - arenas - caches);
    long resident = ProcMemory.resident().orElse(0);
    Map<String, Long> parts = new LinkedHashMap<>();
    parts.put("resident", resident);
    parts.put("heap", heap);
    parts.put("classes", classes);
    parts.put("weights", weights);
    parts.put("kv_caches", caches);
    parts.put("buffers", buffers);
    parts.put("native", Math.max(0, resident - heap - classes - weights - caches - buffers));
    return parts;
  }

  /** Pages that were never used are not resident. */
  private static long heap() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(pool -> Math.min(pool.getUsage().getCommitted(), pool.getPeakUsage().getUsed()))
        .sum();
  }

  private static long direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
