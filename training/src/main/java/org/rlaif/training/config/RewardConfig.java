package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.Hub;
import org.rlaif.training.losses.BradleyTerry;

/**
 * The reward model: Bradley–Terry on labels, started from the SFT weights.
 *
 * @param folder a reward model that is there: its folder, or its name on the hub; then there are no
 *     candidates and no labels, and nothing is trained here. Empty: it is trained
 * @param loss what a preference asks for
 * @param labels how sure a label is taken to be
 * @param centring weight of the squared sum of a pair's scores in the loss; 0: without
 * @param members of an ensemble, which differ by their seed: each has a head and an order of the
 *     preferences of its own
 * @param epochs passes over the preferences
 * @param batch pairs per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 */
public record RewardConfig(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String folder,
    BradleyTerry loss,
    Labels labels,
    double centring,
    int members,
    int epochs,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double warmup,
    double finalFraction,
    double maxGradientNorm,
    AdamConfig adam)
    implements TrainerConfig {

  /** How sure a label is taken to be. */
  public enum Labels {
    /** As sure as the judge was. */
    @JsonProperty("soft")
    SOFT {
      @Override
      public float target(float label) {
        return label;
      }
    },
    /** 1 for the completion that is more likely better; both the same if there is none. */
    @JsonProperty("hard")
    HARD {
      @Override
      public float target(float label) {
        return (1 + Math.signum(label - 0.5f)) / 2;
      }
    };

    /** What is learned of a label, P(first is better). */
    public abstract float target(float label);
  }

  public RewardConfig {
    TrainerConfig.check(
        "reward", batch, microbatch, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    Ranges.notNegative("reward.centring", centring);
    Ranges.atLeastOne("reward.members", members);
    UserError.require(
        folder.isEmpty() || members == 1,
        "reward.members",
        members,
        "1, as reward.folder is a single model that is there");
    Ranges.atLeastOne("reward.epochs", epochs);
  }

  /** Whether the model is trained in this run. */
  public boolean trained() {
    return folder.isEmpty();
  }

  /**
   * Where a member lies, its {@code model/} among other things.
   *
   * @param stage the folder of all
   * @param number from 0, which is the reward model of whoever asks for one
   */
  public static Path member(Path stage, int number) {
    return number == 0 ? stage : stage.resolve("members").resolve(String.valueOf(number));
  }

  /** Where the model that is there lies; one with a name is downloaded if it is not here yet. */
  public Path path() {
    try {
      return Hub.of(System.getenv()).resolve(folder);
    } catch (UserError e) { // who asks for a model does not know for what
      String message = String.valueOf(e.getMessage());
      throw message.startsWith("model")
          ? new UserError("reward.folder" + message.substring("model".length()), e)
          : e;
    }
  }

  /** Whether what is minimised is the cross-entropy with the labels, and nothing else. */
  public boolean plain() {
    return loss == BradleyTerry.PLAIN && centring == 0;
  }
}
