package org.rlaif.serving.grpc;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.rlaif.serving.sampling.DetailOptions;
import org.rlaif.serving.sampling.Penalties;
import org.rlaif.serving.sampling.Sampling;
import org.rlaif.serving.sampling.Stops;

/** From messages to what the engine takes. */
final class Inputs {
  private Inputs() {}

  static Sampling sampling(org.rlaif.v1.Sampling message) {
    return new Sampling(
        message.hasTemperature() ? decimal(message.getTemperature()) : 1,
        message.getTopK(),
        message.hasTopP() ? decimal(message.getTopP()) : 1,
        decimal(message.getMinP()),
        message.hasMaxTokens() ? message.getMaxTokens() : Integer.MAX_VALUE,
        message.getSeed(),
        penalties(message),
        new Stops(
            message.getMinTokens(),
            message.getStopStringsList(),
            new HashSet<>(message.getStopTokenIdsList())),
        new DetailOptions(
            message.getSampledLogprobs(), message.getTopLogprobs(), message.getSupport()));
  }

  private static Penalties penalties(org.rlaif.v1.Sampling message) {
    Map<Integer, Double> bias = new HashMap<>();
    message.getLogitBiasMap().forEach((id, value) -> bias.put(id, decimal(value)));
    return new Penalties(
        message.hasRepetitionPenalty() ? decimal(message.getRepetitionPenalty()) : 1,
        decimal(message.getPresencePenalty()),
        decimal(message.getFrequencyPenalty()),
        bias);
  }

  /** The number that was meant: 0.7 and not 0.699999988, so that messages can show it. */
  static double decimal(float number) {
    return Double.parseDouble(Float.toString(number));
  }
}
