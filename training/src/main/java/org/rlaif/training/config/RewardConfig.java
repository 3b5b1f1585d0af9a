package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.hub.Hub;
import org.rlaif.training.losses.BradleyTerry;

/**
 * The reward model: Bradley–Terry on labels, or regression on ratings, started from the SFT
 * weights.
 *
 * @param folder a reward model that is there: its folder, or its name on the hub; then there are no
 *     candidates and no labels, and nothing is trained here. Empty: it is trained
 * @param loss what a preference, or a rating, asks for
 * @param attributes that are learned with the loss {@link Loss#REGRESSION}, and the weight of each
 *     in the score, on the scale of its ratings; a negative one makes an attribute a cost
 * @param labels how sure a label is taken to be
 * @param centring weight of the squared sum of a pair's scores in the loss; 0: without
 * @param members of an ensemble, which differ by their seed: each has a head and an order of the
 *     preferences of its own
 * @param epochs passes over the preferences, or the rated completions
 * @param batch pairs, or completions, per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param looks at what is held out while it is trained, evenly spread, beside the one before; 0:
 *     only the end is looked at
 */
public record RewardConfig(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String folder,
    Loss loss,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, Double> attributes,
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
    AdamConfig adam,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int looks)
    implements TrainerConfig {

  /** One that only looks at the end. */
  public RewardConfig(
      String folder,
      Loss loss,
      SortedMap<String, Double> attributes,
      Labels labels,
      double centring,
      int members,
      int epochs,
      int batch,
      @Nullable Integer microbatch,
      double learningRate,
      double warmup,
      double finalFraction,
      double maxGradientNorm,
      AdamConfig adam) {
    this(
        folder,
        loss,
        attributes,
        labels,
        centring,
        members,
        epochs,
        batch,
        microbatch,
        learningRate,
        warmup,
        finalFraction,
        maxGradientNorm,
        adam,
        /* looks= */ 0);
  }

  /** What is minimised. */
  public enum Loss {
    @JsonProperty("bradley_terry")
    BRADLEY_TERRY(BradleyTerry.PLAIN),
    @JsonProperty("margin")
    MARGIN(BradleyTerry.MARGIN),
    @JsonProperty("scaled")
    SCALED(BradleyTerry.SCALED),
    /** The squared error of several attributes of completions that people have rated. */
    @JsonProperty("regression")
    REGRESSION(null);

    private final @Nullable BradleyTerry ofPairs;

    Loss(@Nullable BradleyTerry ofPairs) {
      this.ofPairs = ofPairs;
    }

    /** Of pairs, which all others but regression learn from. */
    public BradleyTerry ofPairs() {
      if (ofPairs == null) {
        throw new IllegalStateException(this + " learns from no pairs");
      }
      return ofPairs;
    }
  }

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
    UserError.require(
        looks >= 0 && (looks == 0 || loss != Loss.REGRESSION),
        "reward.looks",
        looks,
        ">= 0, and 0 with loss: regression");
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
    if (loss == Loss.REGRESSION) {
      checkRegression(attributes, labels, centring, members);
    } else {
      UserError.require(
          attributes.isEmpty(), "reward.attributes", attributes, "none, but with loss: regression");
    }
  }

  private static void checkRegression(
      SortedMap<String, Double> attributes, Labels labels, double centring, int members) {
    UserError.require(
        !attributes.isEmpty(),
        "reward.attributes",
        attributes,
        "names with weights, such as {helpfulness: 1, verbosity: -0.4}, to go with loss: regression");
    attributes.forEach(
        (name, weight) ->
            UserError.require(
                weight != null && Double.isFinite(weight),
                "reward.attributes." + name,
                weight,
                "a finite number: its weight in the score"));
    UserError.require(
        attributes.values().stream().anyMatch(weight -> weight != 0),
        "reward.attributes",
        attributes,
        "a weight that is not 0");
    UserError.require(
        labels == Labels.SOFT,
        "reward.labels",
        "hard",
        "soft: regression learns ratings as they are");
    UserError.require(
        centring == 0, "reward.centring", centring, "0: regression has no pairs to centre");
    UserError.require(
        members == 1, "reward.members", members, "1, with loss: regression: it has no ensembles");
  }

  /** Whether ratings are learned, and not preferences. */
  public boolean regresses() {
    return loss == Loss.REGRESSION;
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
    return loss == Loss.BRADLEY_TERRY && centring == 0;
  }
}
