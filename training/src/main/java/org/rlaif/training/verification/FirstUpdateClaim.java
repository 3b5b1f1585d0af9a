package org.rlaif.training.verification;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.ModelFolder;
import org.rlaif.training.onpolicy.FirstUpdate;
import org.rlaif.training.onpolicy.RolloutRow;
import org.rlaif.training.run.Product;
import org.rlaif.training.run.Run;
import org.rlaif.training.run.RunContext;
import org.rlaif.training.stages.OnPolicyStage;

/**
 * The first batch teaches the policy the same again: losses, ratios, gradient norms, and all else
 * in the first row of the metrics that comes of learning; and what the networks say of each of its
 * completions.
 */
record FirstUpdateClaim(OnPolicyStage stage) implements Claim {
  @Override
  public String name() {
    return stage.name();
  }

  @Override
  public String verify(RunContext context, Sample sample) {
    Run run = context.run();
    Path folder = run.folder().stage(stage.name());
    Nearness nearness = Repetition.of(run);
    Rows<JsonNode> metrics = Rows.read(folder.resolve(FirstStepClaim.METRICS), JsonNode.class);
    Rows<RolloutRow> batch = Rows.read(folder.resolve(RolloutRow.name(0)), RolloutRow.class);
    try (ModelFolder start = ModelFolder.open(run.path(Product.START));
        @Nullable ModelFolder reward =
            run.hasReward() ? ModelFolder.open(run.path(Product.REWARD)) : null) {
      FirstUpdate again = FirstUpdate.of(stage.loop(context), start, reward, batch.rows());
      for (int i = 0; i < batch.size(); i++) {
        batch.compare(i, again.rows().get(i), nearness);
      }
      metrics.compare(0, again.metrics(), nearness);
    }
    return "the first update, learned again from its %d completions: %s"
        .formatted(batch.size(), nearness.words());
  }
}
