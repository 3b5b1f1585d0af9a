package org.rlaif.serving.sampling;

import java.util.Map;
import org.rlaif.kit.UserError;

/**
 * What moves logits before the temperature.
 *
 * @param repetition divides the positive and multiplies the negative logits of tokens that the
 *     prompt or the completion has (Keskar et al. 2019, "CTRL", section 4.1); 1 changes nothing
 * @param presence taken from the logits of tokens that the completion has
 * @param frequency taken from the logit of a token for every time the completion has it
 * @param logitBias added to the logits of token ids
 */
public record Penalties(
    double repetition, double presence, double frequency, Map<Integer, Double> logitBias) {
  public static final Penalties NONE = new Penalties(1, 0, 0, Map.of());

  private static final double SMALLEST_REPETITION = 0.01;
  private static final double LARGEST_REPETITION = 100;
  private static final double LARGEST_PENALTY = 2;
  private static final double LARGEST_BIAS = 100;

  public Penalties {
    logitBias = Map.copyOf(logitBias);
    UserError.require(
        repetition >= SMALLEST_REPETITION && repetition <= LARGEST_REPETITION,
        "repetition_penalty",
        repetition,
        "from 0.01 to 100; 1 changes nothing");
    UserError.require(
        Math.abs(presence) <= LARGEST_PENALTY, "presence_penalty", presence, "from -2 to 2");
    UserError.require(
        Math.abs(frequency) <= LARGEST_PENALTY, "frequency_penalty", frequency, "from -2 to 2");
    logitBias.forEach(
        (id, bias) ->
            UserError.require(
                Math.abs(bias) <= LARGEST_BIAS,
                "logit_bias[" + id + "]",
                bias,
                "from -100 to 100"));
  }

  boolean isNone() {
    return repetition == 1 && presence == 0 && frequency == 0 && logitBias.isEmpty();
  }
}
