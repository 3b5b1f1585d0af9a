package org.rlaif.serving.cli;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.JsonLines;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.serving.engine.Calibration;

/**
 * Prompts that quantised policies are calibrated and checked on: of a file, or of the runs served.
 */
final class CalibrationPrompts {
  /** What a run learns from. */
  private static final String OF_RUN = "data/train.jsonl";

  /** Other columns do not matter. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Row(Prompt prompt) {}

  private CalibrationPrompts() {}

  /**
   * @param file JSON Lines with a prompt in each row; null: what the runs among the arguments have
   */
  static Calibration of(@Nullable Path file, List<String> arguments) {
    if (file != null) {
      List<Prompt> prompts = read(file);
      UserError.require(
          !prompts.isEmpty(), file.toString(), "no row", "JSON Lines with a prompt in each row");
      return Calibration.of(prompts);
    }
    List<Prompt> prompts = new ArrayList<>();
    for (String argument : arguments) {
      Path run = Path.of(argument);
      if (RunModels.isRun(run) && Files.isRegularFile(run.resolve(OF_RUN))) {
        prompts.addAll(read(run.resolve(OF_RUN)));
      }
    }
    return Calibration.of(prompts);
  }

  private static List<Prompt> read(Path file) {
    return JsonLines.read(file, Row.class).stream().map(Row::prompt).toList();
  }
}
