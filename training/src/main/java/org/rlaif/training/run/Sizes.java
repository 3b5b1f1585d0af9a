package org.rlaif.training.run;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.DecoderConfig.Head;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.TensorSpec;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.config.ModelConfig;
import org.rlaif.training.config.RunConfig;

/** How large a run's models are, and what memory they take: estimates, in bytes. */
public final class Sizes {
  /** fp32. */
  private static final long NUMBER = 4;

  /** Gradients and the two moments of AdamW. */
  private static final long TRAINED = 3 * NUMBER;

  /** The server's two arenas, and its engine's own rearranged copy of the matrices. */
  private static final long SERVED = 3 * NUMBER;

  private static final long MAX_CACHE = 1L << 30;
  private static final int MAX_SLOTS = 64;

  private final RunConfig config;
  private final DecoderConfig policy;
  private final AdapterConfig adapter;

  Sizes(RunConfig config) {
    this.config = config;
    this.adapter = config.model().adapter();
    ModelConfig model = config.model();
    this.policy =
        model.folder().isEmpty()
            ? model.shape(config.tokenizer().vocabularySize())
            : ModelFolder.describe(model.path());
  }

  DecoderConfig policy() {
    return policy;
  }

  /** The policy's numbers. */
  public long parameters() {
    return policy.parameterCount();
  }

  /** The reward model's. */
  public long rewardParameters() {
    return config.reward().trained()
        ? policy.withHead(Head.SCORE).parameterCount()
        : ModelFolder.describe(config.reward().path()).parameterCount();
  }

  /** Weights of so many numbers that are only read. */
  public long weights(long numbers) {
    return NUMBER * numbers;
  }

  /** What training the policy, or a network like it with a score head, takes beside its weights. */
  public long training(boolean scores) {
    return TRAINED * trained(scores ? policy.withHead(Head.SCORE) : policy);
  }

  /** So many copies of what is trained of the policy. */
  public long copies(int n) {
    return n * NUMBER * trained(policy);
  }

  private long trained(DecoderConfig model) {
    return adapter.wanted()
        ? adapter.lora().parameters(model).stream().mapToLong(TensorSpec::elements).sum()
        : model.parameterCount();
  }

  /** Models of so many numbers on a server. */
  public long served(long numbers) {
    return SERVED * numbers;
  }

  /**
   * What the backward pass keeps of full sequences: 34 s b h + 5 a s^2 b bytes per layer in 16 bit
   * (Korthikanti et al. 2022, arXiv 2205.05198, eq. 1), twice that in fp32; and the logits with
   * their gradients.
   *
   * <p>With activation checkpointing it is so much of one layer, and what goes into the others.
   *
   * @param microbatch sequences at a time; null: all of the batch
   */
  public long activations(@Nullable Integer microbatch, long batch, boolean logits) {
    long tokens = (microbatch == null ? batch : microbatch) * policy.contextLength();
    long layer =
        2
            * tokens
            * (34L * policy.width() + 5L * policy.attention().heads() * policy.contextLength());
    long layers =
        config.activationCheckpointing()
            ? layer + policy.layers() * NUMBER * tokens * policy.width()
            : policy.layers() * layer;
    return layers + (logits ? 3 * NUMBER * tokens * policy.vocabularySize() : 0);
  }

  /** Keys and values of all slots; the server takes as many as fit into one gibibyte. */
  public long cache() {
    long slot =
        2 * NUMBER * policy.layers() * policy.contextLength() * policy.attention().cacheKeyWidth();
    return slot * Math.max(1, Math.min(MAX_SLOTS, MAX_CACHE / slot));
  }

  /** For example {@code 534 k}. */
  public static String count(long parameters) {
    return parameters < 1_000_000
        ? String.format(Locale.ROOT, "%.0f k", parameters / 1e3)
        : String.format(Locale.ROOT, "%.1f M", parameters / 1e6);
  }
}
