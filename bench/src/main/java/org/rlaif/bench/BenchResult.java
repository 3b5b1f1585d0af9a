package org.rlaif.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.kit.UserError;

/**
 * All that a measurement found, as it is written to a file.
 *
 * @param format of this file
 * @param command what was typed
 * @param model what was served
 * @param machine on which it was measured
 * @param settings by name
 * @param formulas what the figures' names mean
 * @param seconds that the measurement took
 */
record BenchResult(
    int format,
    String command,
    String model,
    Map<String, String> machine,
    Map<String, Object> settings,
    Map<String, String> formulas,
    double seconds,
    List<Section> sections,
    List<Target> targets) {
  static final int FORMAT = 1;

  static BenchResult read(Path file) {
    BenchResult result = Json.read(file, BenchResult.class);
    UserError.require(result.format == FORMAT, file + ", format", result.format, "1");
    return result;
  }
}
