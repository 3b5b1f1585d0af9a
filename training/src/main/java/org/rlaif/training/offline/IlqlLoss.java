package org.rlaif.training.offline;

import java.util.LinkedHashMap;
import java.util.Map;
import org.rlaif.torch.ActionValues.Estimates;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.IlqlConfig;
import org.rlaif.training.losses.ImplicitQ;
import org.rlaif.training.math.OneStepReturns;

/**
 * The four terms of implicit language Q-learning for some completions, each a mean over their
 * tokens, ().
 *
 * @param q the squared errors of both heads, added up
 * @param value the error of V to the expectile of Q
 * @param conservative of both heads, added up
 * @param cloning of the language model
 */
record IlqlLoss(Tensor q, Tensor value, Tensor conservative, Tensor cloning) {

  /**
   * Of completions with one reward each, at their last tokens.
   *
   * @param lengths of the completions in tokens
   */
  static IlqlLoss of(Estimates estimates, int[] lengths, double[] rewards, IlqlConfig config) {
    Tensor values = estimates.values(); // (N)
    float[] plain = OneStepReturns.of(values.toFloats(), lengths, rewards, config.discount());
    Tensor returns = Tensor.of(plain, plain.length); // (N)
    Tensor q = Tensor.of(new float[1], 1).sum(); // ()
    Tensor conservative = q; // ()
    for (Tensor head : estimates.q()) {
      q = q.plus(ImplicitQ.temporalDifference(head.gather(estimates.actions()), returns));
      conservative = conservative.plus(ImplicitQ.conservative(head, estimates.actions()));
    }
    return new IlqlLoss(
        q,
        ImplicitQ.expectile(values, estimates.slowQ(), config.expectile()),
        conservative,
        ImplicitQ.cloning(
            estimates.logprobs(), estimates.slowQ().minus(values.detach()), config.cloningBeta()));
  }

  /** Their weighted sum, (). */
  Tensor sum(IlqlConfig config) {
    return q.plus(value)
        .plus(conservative.times(config.conservativeWeight()))
        .plus(cloning.times(config.cloningWeight()));
  }

  /** Each by its name in the metrics. */
  Map<String, Double> terms() {
    Map<String, Double> terms = new LinkedHashMap<>();
    terms.put("qLoss", (double) q.item());
    terms.put("valueLoss", (double) value.item());
    terms.put("conservativeLoss", (double) conservative.item());
    terms.put("cloningLoss", (double) cloning.item());
    return terms;
  }
}
