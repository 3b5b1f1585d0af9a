package org.rlaif.training.onpolicy;

import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;
import org.rlaif.training.losses.Averaging;
import org.rlaif.training.losses.PolicyLoss;
import org.rlaif.training.math.GroupAdvantages;
import org.rlaif.training.math.Rewards;

/** An on-policy algorithm: all in which it differs from the others. */
public interface OnPolicyAlgorithm {

  /** One line, for the help of its command. */
  String description();

  /** Completions per prompt of a rollout batch; they stand side by side in it. */
  default int samples() {
    return 1;
  }

  /** How its value network learns; null: it has none, and an experience has no values. */
  default @Nullable Critic critic() {
    return null;
  }

  /** How good each token was. */
  Advantages advantages(Experience experience);

  /** What a minibatch has to make small, token by token. */
  PolicyLoss loss(Minibatch minibatch);

  /** How the losses of tokens become the minibatch's. */
  default Averaging averaging() {
    return Averaging.overTokens();
  }

  /**
   * A value network's settings; it begins as the reward model.
   *
   * @param clipRange of the values, about what they were before the batch was learned
   */
  record Critic(double learningRate, double clipRange) {}

  /**
   * A rollout batch before it is learned from, one row per completion.
   *
   * @param logprobs of the sampled tokens, at the temperature of sampling
   * @param scores one per completion, clipped, less the penalty for a missing end
   * @param values V(s) before each token; empty without a critic
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Experience(
      float[][] logprobs, float[][] referenceLogprobs, double[] scores, float[][] values) {}

  /**
   * What is made of it, rows and tokens as in the experience.
   *
   * @param rewards that the algorithm distributes over the tokens
   * @param advantages what a token's log-probability is worth
   * @param returns what a critic learns; empty without one
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Advantages(float[][] rewards, float[][] advantages, float[][] returns) {
    /** Without a critic nobody learns returns. */
    private static final float[][] NO_RETURNS = {};

    /**
     * Without a critic.
     *
     * @param ofCompletions what each completion is worth; all its tokens share it
     */
    static Advantages shared(float[][] rewards, double[] ofCompletions) {
      return new Advantages(rewards, GroupAdvantages.perToken(rewards, ofCompletions), NO_RETURNS);
    }

    /** Without a critic, each token its own. */
    static Advantages each(float[][] rewards, float[][] advantages) {
      return new Advantages(rewards, advantages, NO_RETURNS);
    }

    /** Of scores that are compared with those of their group alone; the score is the reward. */
    static Advantages ofGroups(Experience experience, double[] ofCompletions) {
      return shared(Rewards.atTheEnd(experience.logprobs(), experience.scores()), ofCompletions);
    }
  }

  /**
   * Tokens of some completions, one after the other; all (N), constants but for {@code logprobs}.
   *
   * @param logprobs of the policy that learns
   * @param oldLogprobs of the policy that wrote them
   * @param lengths of the completions in tokens, (B); they add up to N
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Minibatch(
      Tensor logprobs,
      Tensor oldLogprobs,
      Tensor referenceLogprobs,
      Tensor advantages,
      int[] lengths) {}
}
