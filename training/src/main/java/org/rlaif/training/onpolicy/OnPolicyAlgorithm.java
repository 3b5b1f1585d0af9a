package org.rlaif.training.onpolicy;

import org.jspecify.annotations.Nullable;
import org.rlaif.torch.Tensor;
import org.rlaif.training.config.KlConfig.Place;
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

  /** Whether its loss compares: the completions of a prompt stay together in a minibatch. */
  default boolean keepsGroups() {
    return false;
  }

  /**
   * How often an update asks for groups at most, until it has a batch of those whose scores differ;
   * 0: it asks once, and keeps all.
   */
  default int rounds() {
    return 0;
  }

  /** Where its paper has the KL penalty; null: it has none of this kind. */
  default @Nullable Place kl() {
    return Place.REWARD;
  }

  /** Whether it weighs tokens by ratios of probabilities, which a correction is a part of. */
  default boolean hasRatios() {
    return true;
  }

  /** The policy's learning rate; null: that of all on-policy algorithms. */
  default @Nullable Double learningRate() {
    return null;
  }

  /** How its value network learns; null: it has none, and an experience has no values. */
  default @Nullable Critic critic() {
    return null;
  }

  /** How good each token was. */
  Advantages advantages(Experience experience);

  /** Whether a completion with these advantages is in a minibatch at all. */
  default boolean learns(float[] advantages) {
    return true;
  }

  /** What a minibatch has to make small, token by token, but for a KL penalty in the loss. */
  PolicyLoss loss(Minibatch minibatch);

  /** How the losses of tokens become the minibatch's. */
  default Averaging averaging() {
    return Averaging.overTokens();
  }

  /**
   * A value network's settings.
   *
   * @param clipRange of the values, about what they were before the batch was learned; null: none
   * @param fromPolicy whether it begins as the policy, though there may be a reward model
   * @param warmup updates at the beginning in which it alone learns
   */
  record Critic(double learningRate, @Nullable Double clipRange, boolean fromPolicy, int warmup) {}

  /**
   * A rollout batch before it is learned from, one row per completion.
   *
   * @param logprobs of the sampled tokens, at the temperature of sampling
   * @param rewards of each token, and perhaps of a position behind the last one: the score, less
   *     the KL penalty if it is part of the reward
   * @param scores one per completion, clipped, a missing end punished
   * @param penalised whether the KL penalty is part of the reward
   * @param values V(s) of each place that has a reward; empty without a critic
   * @param groups sizes of the groups of completions that have one prompt, in their order
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Experience(
      float[][] logprobs,
      float[][] rewards,
      double[] scores,
      boolean penalised,
      float[][] values,
      int[] groups) {

    /** Of each completion as a whole: its score, less the KL penalty of all its tokens. */
    double[] worths() {
      return penalised ? Rewards.sums(rewards) : scores;
    }
  }

  /**
   * What is made of it, rows as in the experience.
   *
   * @param advantages what a token's log-probability is worth, one for every token
   * @param returns what a critic learns, one for every reward; empty without one
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Advantages(float[][] advantages, float[][] returns) {
    /** Without a critic nobody learns returns. */
    private static final float[][] NO_RETURNS = {};

    /** Without a critic, each token its own. */
    static Advantages each(float[][] advantages) {
      return new Advantages(advantages, NO_RETURNS);
    }

    /**
     * Without a critic.
     *
     * @param ofCompletions what each completion is worth; all its tokens share it
     */
    static Advantages shared(Experience experience, double[] ofCompletions) {
      return each(GroupAdvantages.perToken(experience.logprobs(), ofCompletions));
    }
  }

  /**
   * Tokens of some completions, one after the other; all (N), constants but for {@code logprobs}.
   *
   * @param logprobs of the policy that learns
   * @param oldLogprobs of the policy that wrote them
   * @param lengths of the completions in tokens, (B); they add up to N
   * @param groups sizes of the groups that they make; they add up to B. Of one each, unless the
   *     algorithm keeps groups
   */
  @SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
  record Minibatch(
      Tensor logprobs,
      Tensor oldLogprobs,
      Tensor referenceLogprobs,
      Tensor advantages,
      int[] lengths,
      int[] groups) {

    /** Sums of a number of each token over the completions: (N) gives (B). */
    Tensor sums(Tensor ofTokens) {
      return ofTokens.sums(lengths);
    }

    /** Means of a number of each token over the completions: (N) gives (B). */
    Tensor means(Tensor ofTokens) {
      float[] numbers = new float[lengths.length];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = lengths[i];
      }
      return sums(ofTokens).div(Tensor.of(numbers, numbers.length)); // (B)
    }

    /** A completion's number for each of its tokens: (B) gives (N). */
    Tensor spread(Tensor ofCompletions) {
      int n = 0;
      for (int length : lengths) {
        n += length;
      }
      int[] rows = new int[n];
      int at = 0;
      for (int row = 0; row < lengths.length; row++) {
        for (int i = 0; i < lengths[row]; i++) {
          rows[at++] = row;
        }
      }
      return ofCompletions.indexSelect(rows); // (N)
    }

    /** What each completion's first token is worth, which all its tokens are. (B) */
    float[] worths() {
      float[] all = advantages.toFloats();
      float[] first = new float[lengths.length];
      int at = 0;
      for (int i = 0; i < first.length; i++) {
        first[i] = all[at];
        at += lengths[i];
      }
      return first;
    }
  }
}
