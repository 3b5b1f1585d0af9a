package org.rlaif.serving.engine;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.rlaif.kit.UserError;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.onnx.Precision;
import org.rlaif.model.onnx.Quantization;
import org.slf4j.LoggerFactory;

/**
 * What a model will take, estimated before it is loaded; new weights are counted when they come.
 *
 * @param weights one set of them, and what all sets share
 * @param cache keys and values of all slots
 * @param working repacked matrices and what a run computes with
 */
record MemoryNeed(long weights, long cache, long working) {
  private static final long DEFAULT_CACHE_BYTES = 1L << 30;
  private static final int MOST_DEFAULT_SLOTS = 64;
  private static final long COLLECTED_MS = 200;

  /** As many slots as one gibibyte of cache holds, from 1 to 64. */
  static int defaultSlots(DecoderConfig config, Precision kvCache) {
    long fit = DEFAULT_CACHE_BYTES / KvCache.bytes(config, kvCache, 1);
    return (int) Math.max(1, Math.min(MOST_DEFAULT_SLOTS, fit));
  }

  /**
   * @param slots 0 for a reward model
   * @param tokens of given completions in one run
   */
  static MemoryNeed of(DecoderConfig config, Quantization quantization, int slots, int tokens) {
    long arena = WeightLayout.arenaBytes(config, quantization);
    long scoring = ScoringPass.bytes(config, quantization.kvCache(), tokens);
    // Widest intermediate results of a run: the MLP, attention, and the head's distributions.
    long feedForward = 4L * tokens * (config.mlp().width() + 4L * config.width());
    // What is probable for a token has room for all that its slot can hold.
    long whole = (long) tokens * Math.min(tokens, config.contextLength());
    long inSlots = (long) Math.max(slots, Prefill.CHUNK) * config.contextLength();
    long attention = Math.max(whole, inSlots) * config.attention().heads();
    long run = (feedForward + attention) * Float.BYTES;
    if (config.head() == Head.SCORE) {
      return new MemoryNeed(arena, scoring, arena + run);
    }
    long distributions =
        2L * ScoringPass.heads(config, tokens) * config.vocabularySize() * Float.BYTES;
    return new MemoryNeed(
        arena + WeightLayout.sharedBytes(config, quantization),
        Scheduler.bytes(config, quantization.kvCache(), slots)
            + scoring
            + checking(config, quantization, tokens),
        WeightLayout.packedBytes(config, quantization) + run + distributions);
  }

  /** What quantised weights are checked with. */
  private static long checking(DecoderConfig config, Quantization quantization, int tokens) {
    if (quantization.isNone()) {
      return 0;
    }
    long exact =
        quantization.kvCache() == Precision.FP32
            ? 0
            : ScoringPass.bytes(config, Precision.FP32, tokens);
    return exact + QuantizationCheck.bytes(config);
  }

  /** New weights beside those that serve. */
  static MemoryNeed ofSuccessor(DecoderConfig config, Quantization quantization) {
    return new MemoryNeed(
        WeightLayout.arenaBytes(config, quantization),
        0,
        WeightLayout.packedBytes(config, quantization));
  }

  /** Direct buffers of this process; the rest is ONNX Runtime's. */
  long direct() {
    return weights + cache;
  }

  long total() {
    return weights + cache + working;
  }

  /** What is left for more, in bytes. */
  static long left() {
    return Math.max(0, Math.min(directLeft(), machineLeft()));
  }

  /**
   * Whether there is room beside what others are going to take.
   *
   * @param direct bytes of direct buffers that they may not have taken yet
   * @param total bytes of all that
   */
  boolean fits(long direct, long total) {
    return direct() <= directLeft() - direct && total() <= machineLeft() - total;
  }

  /** Refuses what clearly cannot fit, with the figures. */
  void check(String model) {
    long direct = directLeft();
    if (direct() > direct) {
      direct = directLeftOnceCollected();
    }
    if (direct() > direct) {
      throw refused(model, direct(), direct, "direct memory; see -XX:MaxDirectMemorySize");
    }
    long free = machineLeft();
    if (total() > free) {
      throw refused(model, total(), free, "memory");
    }
  }

  private UserError refused(String model, long wanted, long left, String of) {
    return new UserError(
        "model %s: %s (weights %s, KV cache %s, working memory %s) (expected: at most %s, the free %s; fewer slots need less)"
            .formatted(model, mib(wanted), mib(weights), mib(cache), mib(working), mib(left), of));
  }

  private static String mib(long bytes) {
    return (bytes >> 20) + " MiB";
  }

  /** Buffers that nobody holds are counted until they are collected. */
  private static long directLeftOnceCollected() {
    System.gc();
    try {
      TimeUnit.MILLISECONDS.sleep(COLLECTED_MS); // another thread frees them
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return directLeft();
  }

  private static long directLeft() {
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
  private static long machineLeft() {
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
        LoggerFactory.getLogger(MemoryNeed.class).warn("{} cannot be read", file, e);
      }
    }
    return machine.getFreeMemorySize();
  }
}
