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
    RunConfig.positive("ppo.clipRange", clipRange);
    RunConfig.fraction("ppo.gamma", gamma);
    RunConfig.fraction("ppo.lambda", lambda);
    RunConfig.positive("ppo.valueLearningRate", valueLearningRate);
    RunConfig.positive("ppo.valueClipRange", valueClipRange);
  }
}
