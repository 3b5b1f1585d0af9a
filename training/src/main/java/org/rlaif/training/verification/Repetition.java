package org.rlaif.training.verification;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.rlaif.kit.Json;
import org.rlaif.training.config.RunConfig;
import org.rlaif.training.report.Computer;
import org.rlaif.training.run.Run;
import org.rlaif.training.stages.ReportStage;

/**
 * How near training comes to what it was when it is repeated. On the same machine that is every
 * bit; another processor, or another Java, adds in another order.
 */
final class Repetition {
  private static final double ELSEWHERE = 1e-4;

  private Repetition() {}

  /** Of a run that was reported where it ran. */
  static Nearness of(Run run) {
    RunConfig config = run.config();
    if (!config.device().equals("cpu")) {
      return Nearness.within(ELSEWHERE, "a GPU adds in no fixed order");
    }
    Path report = run.folder().path().resolve(ReportStage.FIGURES);
    if (!Files.isRegularFile(report)) {
      return Nearness.within(ELSEWHERE, "no report says on which processor it ran");
    }
    JsonNode then = Json.object(report).path("machine");
    for (Map.Entry<String, Object> now : Computer.facts().entrySet()) {
      boolean counts = !now.getKey().equals("cores") || config.threads() == 0;
      String before = then.path(now.getKey()).asText();
      if (counts && !before.equals(String.valueOf(now.getValue()))) {
        return Nearness.within(
            ELSEWHERE, "%s was %s, is %s".formatted(now.getKey(), before, now.getValue()));
      }
    }
    return Nearness.exact();
  }
}
