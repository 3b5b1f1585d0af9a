package org.rlaif.training.losses;

import org.rlaif.torch.Tensor;

/**
 * The losses of implicit language Q-learning, Snell et al. 2022 (arXiv 2206.11871), section 4. Each
 * is a mean over N completion tokens; a state is what is before a token, an action the token.
 */
public final class ImplicitQ {
  private ImplicitQ() {}

  /**
   * (Q(s, a) - (r + discount V(next)))², the loss of Q.
   *
   * @param q Q(s, a), (N)
   * @param returns a constant, (N)
   * @return ()
   */
  public static Tensor temporalDifference(Tensor q, Tensor returns) {
    return q.minus(returns).square().mean(); // ()
  }

  /**
   * |expectile - [u < 0]| u² with u = Q(s, a) - V(s), the loss of V (Kostrikov et al. 2021, arXiv
   * 2110.06169, eq. 5): 0.5 is half the squared error, near 1 V is the best that an action in the
   * data comes to.
   *
   * @param values V(s), (N)
   * @param q the lesser Q(s, a) of the slow heads, a constant, (N)
   * @return ()
   */
  public static Tensor expectile(Tensor values, Tensor q, double expectile) {
    Tensor u = q.minus(values); // (N)
    Tensor above = u.clamp(0, Double.POSITIVE_INFINITY).square().times(expectile); // (N)
    Tensor below = u.clamp(Double.NEGATIVE_INFINITY, 0).square().times(1 - expectile); // (N)
    return above.plus(below).mean(); // ()
  }

  /**
   * log Σ exp Q(s, .) - Q(s, a), which keeps Q of actions that are not in the data down
   * (conservative Q-learning, Kumar et al. 2020, arXiv 2006.04779, eq. 4).
   *
   * @param q Q(s, .), (N, V)
   * @param actions as indices, (N)
   * @return ()
   */
  public static Tensor conservative(Tensor q, Tensor actions) {
    return q.logSoftmax().gather(actions).mean().neg(); // ()
  }

  /**
   * -exp(beta (Q(s, a) - V(s))) log pi(a | s): the language model clones what is in the data, by
   * its advantage (Peng et al. 2019, arXiv 1910.00177, eq. 3); with beta 0 all of it alike.
   *
   * @param logprobs log pi(a | s), (N)
   * @param advantages Q(s, a) - V(s), constants, (N)
   * @return ()
   */
  public static Tensor cloning(Tensor logprobs, Tensor advantages, double beta) {
    return logprobs.times(advantages.times(beta).exp()).mean().neg(); // ()
  }
}
