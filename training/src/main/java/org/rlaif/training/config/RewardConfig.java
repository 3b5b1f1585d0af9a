package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.hub.Hub;

/**
 * The reward model: Bradley–Terry on soft labels, started from the SFT weights.
 *
 * @param folder a reward model that is there: its folder, or its name on the hub; then there are no
 *     candidates and no labels, and nothing is trained here. Empty: it is trained
 * @param batch pairs per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 */
public record RewardConfig(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String folder,
    int epochs,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double weightDecay,
    double warmup,
    double finalFraction,
    double clip) {
  public RewardConfig {
    require(epochs > 0, "reward.epochs", epochs, "> 0");
    require(batch > 0, "reward.batch", batch, "> 0");
    RunConfig.microbatch("reward.microbatch", microbatch, "reward.batch", batch);
    RunConfig.positive("reward.learningRate", learningRate);
    RunConfig.notNegative("reward.weightDecay", weightDecay);
    RunConfig.fraction("reward.warmup", warmup);
    RunConfig.fraction("reward.finalFraction", finalFraction);
    RunConfig.positive("reward.clip", clip);
  }

  /** Whether the model is trained in this run. */
  public boolean trained() {
    return folder.isEmpty();
  }

  /** Where the model that is there lies; one with a name is downloaded if it is not here yet. */
  public Path path() {
    return Hub.of(System.getenv()).resolve(folder);
  }
}
