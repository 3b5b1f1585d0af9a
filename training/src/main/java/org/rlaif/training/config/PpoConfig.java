package org.rlaif.training.config;

/**
 * Proximal policy optimisation.
 *
 * @param clipRange of the ratio of probabilities, new to old
 * @param gamma discount
 * @param lambda of generalised advantage estimation
 * @param valueLearningRate of the value network
 * @param valueClipRange of the values, about what they were
 */
public record PpoConfig(
    double clipRange,
    double gamma,
    double lambda,
    double valueLearningRate,
    double valueClipRange) {
  public PpoConfig {
    Ranges.positive("ppo.clipRange", clipRange);
    Ranges.fraction("ppo.gamma", gamma);
    Ranges.fraction("ppo.lambda", lambda);
    Ranges.positive("ppo.valueLearningRate", valueLearningRate);
    Ranges.positive("ppo.valueClipRange", valueClipRange);
  }
}
