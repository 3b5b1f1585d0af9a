package org.rlaif.training.config;

import static org.rlaif.kit.UserError.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.file.Path;
import java.util.List;
import org.rlaif.model.hub.Hub;

/**
 * The evaluation on test prompts.
 *
 * @param prompts how many test prompts
 * @param temperature at which both policies are sampled; greedy figures are reported beside
 * @param against the model that the policy is compared with: a folder, or its name on the hub;
 *     empty: where its training started
 * @param bestOf numbers of completions of which the reward model chooses one; as many as the
 *     largest says are sampled, of which there is then but one choice
 */
public record EvaluationConfig(
    int prompts,
    double temperature,
    int maxTokens,
    By judge,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String against,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Integer> bestOf) {

  /** Who compares. */
  public enum By {
    /** The one that knows what the generator put into each post. */
    @JsonProperty("gold")
    GOLD,
    /** The judge of the labels. */
    @JsonProperty("configured")
    CONFIGURED
  }

  public EvaluationConfig {
    require(prompts > 0, "evaluation.prompts", prompts, "> 0");
    Ranges.positive("evaluation.temperature", temperature);
    require(maxTokens > 0, "evaluation.maxTokens", maxTokens, "> 0");
    bestOf = List.copyOf(bestOf);
    require(bestOf.stream().allMatch(n -> n > 0), "evaluation.bestOf", bestOf, "numbers from 1 on");
  }

  /** Where the model to compare with lies; one with a name is downloaded if it is not here yet. */
  public Path opponent() {
    return Hub.of(System.getenv()).resolve(against);
  }
}
