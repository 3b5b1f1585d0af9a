package org.rlaif.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What the figures were measured on. */
final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");

  private Machine() {}

  /**
   * @param engine name and version of what computed
   */
  static Map<String, String> describe(String engine) {
    var machine = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    var facts = new TreeMap<String, String>();
    facts.put("cores", String.valueOf(Runtime.getRuntime().availableProcessors()));
    facts.put("cpu", cpu());
    facts.put("memoryGib", String.valueOf(machine.getTotalMemorySize() >> 30));
    facts.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    facts.put("jdk", System.getProperty("java.vm.name") + " " + Runtime.version());
    facts.put("engine", engine);
    facts.put("client", "this machine, the same process");
    facts.put(
        "loadAverageBefore", String.format(Locale.ROOT, "%.2f", machine.getSystemLoadAverage()));
    return facts;
  }

  private static String cpu() {
    if (!Files.isReadable(CPU)) {
      return System.getProperty("os.arch");
    }
    try {
      return Files.readAllLines(CPU).stream()
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(System.getProperty("os.arch"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
