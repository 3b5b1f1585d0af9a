package org.rlaif.training.verification;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rlaif.kit.AtomicFiles;
import org.rlaif.training.checkpoint.Checkpoints;
import org.rlaif.training.checkpoint.Stopped;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.run.Stage;

/**
 * A stage that learns from what is there takes the same first step again: all rows of its metrics
 * up to that one, such as loss, gradient norm, and the validation before.
 *
 * @param stage that writes a row for each step
 */
record FirstStepClaim(Stage<?> stage) implements Claim {
  static final String METRICS = "metrics.jsonl";

  @Override
  public String name() {
    return stage.name();
  }

  @Override
  public String verify(RunContext context, Sample sample) {
    Run run = context.run();
    Nearness nearness = Repetition.of(run);
    Rows<JsonNode> found =
        Rows.read(run.folder().stage(stage.name()).resolve(METRICS), JsonNode.class);
    Rows<JsonNode> again = again(context);
    for (int i = 0; i < Math.min(again.size(), found.size()); i++) {
      found.compare(i, again.rows().get(i), nearness);
    }
    return "the first step, taken again: " + nearness.words();
  }

  /** What the stage writes up to its first step. */
  private Rows<JsonNode> again(RunContext context) {
    try {
      Path folder = Files.createTempDirectory("rlaif-verify");
      try {
        return again(context, folder);
      } finally {
        AtomicFiles.deleteRecursively(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Rows<JsonNode> again(RunContext context, Path folder) throws IOException {
    try {
      stage.work(context.with(Checkpoints.endingAfter(1)), folder);
    } catch (Stopped afterTheFirstStep) {
      // As wanted; a stage of one step ends by itself.
    }
    return Rows.read(folder.resolve(METRICS), JsonNode.class);
  }
}
