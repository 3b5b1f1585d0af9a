package org.rlaif.training.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Implicit language Q-learning.
 *
 * @param beta how much the policy that is left follows Q: it writes by softmax(logits + beta Q)
 * @param discount what a reward is worth one token before it
 * @param expectile which one V is of the values Q of what is in the data: 0.5 the mean, 1 the best
 * @param targetRate part of the way that the slow copies of Q go to it with every step
 * @param conservativeWeight of the term that keeps Q of what is not in the data down
 * @param cloningWeight of the language model's own loss
 * @param cloningBeta how much that prefers tokens with an advantage; 0: all count alike
 * @param epochs passes over the completions
 * @param batch completions per step
 * @param microbatch of them at a time in memory; the step is the same but for rounding. Null: all
 * @param keepBest whether the weights with the least loss on what is held out are kept, in the
 *     place of the last ones
 */
public record IlqlConfig(
    double beta,
    double discount,
    double expectile,
    double targetRate,
    double conservativeWeight,
    double cloningWeight,
    double cloningBeta,
    int epochs,
    int batch,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer microbatch,
    double learningRate,
    double warmup,
    double finalFraction,
    double maxGradientNorm,
    AdamConfig adam,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean keepBest)
    implements TrainerConfig {
  public IlqlConfig {
    TrainerConfig.check(
        "ilql", batch, microbatch, learningRate, warmup, finalFraction, maxGradientNorm, adam);
    Ranges.notNegative("ilql.beta", beta);
    Ranges.fraction("ilql.discount", discount);
    Ranges.fraction("ilql.expectile", expectile);
    Ranges.fraction("ilql.targetRate", targetRate);
    Ranges.positive("ilql.targetRate", targetRate);
    Ranges.notNegative("ilql.conservativeWeight", conservativeWeight);
    Ranges.notNegative("ilql.cloningWeight", cloningWeight);
    Ranges.notNegative("ilql.cloningBeta", cloningBeta);
    Ranges.atLeastOne("ilql.epochs", epochs);
  }
}
