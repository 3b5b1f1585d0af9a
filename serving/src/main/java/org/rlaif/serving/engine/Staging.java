package org.rlaif.serving.engine;

import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;

/** The slot where prompts are computed, one at a time, before their samples get rows. */
final class Staging {
  private final DecoderConfig config;
  private final int slot;
  private final WaitingLine line;
  private @Nullable Staged staged;

  /** A prompt in the staging slot, under one version of the weights. */
  static final class Staged implements Samplers.Distributions {
    final PromptGroup group;
    final long version;
    private final Prefill prefill;
    private final float[] logprobs; // of the first token
    private double normaliser; // if it is needed

    private Staged(PromptGroup group, long version, int vocabularySize) {
      this.group = group;
      this.version = version;
      this.prefill = new Prefill(group.prompt, group.sampling.graphTemperature());
      this.logprobs = new float[vocabularySize];
    }

    /** Tokens in the run that is under way. */
    int underWay() {
      return prefill.underWay();
    }

    boolean isComputed() {
      return prefill.isDone();
    }

    /** The same for every sample. */
    @Override
    public void logprobs(int row, float[] into) {
      System.arraycopy(logprobs, 0, into, 0, into.length);
    }

    @Override
    public double normaliser(int row, float[] distribution) {
      return normaliser;
    }
  }

  Staging(DecoderConfig config, int slot, WaitingLine line) {
    this.config = config;
    this.slot = slot;
    this.line = line;
  }

  boolean isEmpty() {
    return staged == null;
  }

  /** The prompt in the slot, or the next that waits; anew if the weights changed meanwhile. */
  @Nullable Staged next(long version) {
    if (staged != null && staged.group.isStarted()) {
      staged = null;
    }
    PromptGroup group = staged == null ? line.poll() : staged.group;
    if (group == null) {
      return null;
    }
    if (staged == null || staged.version != version) {
      staged = new Staged(group, version, config.vocabularySize());
    }
    return staged;
  }

  /** Puts the prompt's next chunk into a pass; {@link #computed} comes after its run. */
  void put(Staged prompt, Pass pass, int most) {
    if (LogitRules.needNormaliser(prompt.group.sampling)) {
      pass.wantNormaliser();
    }
    prompt.prefill.put(pass, slot, most);
  }

  /** Takes the output of the last chunk. */
  void computed(Staged prompt, Pass pass) {
    prompt.prefill.ran();
    if (prompt.isComputed()) {
      int output = prompt.prefill.output();
      pass.logprobs(output, prompt.logprobs);
      prompt.normaliser =
          LogitRules.needNormaliser(prompt.group.sampling)
              ? pass.normaliser(output, prompt.logprobs)
              : 0;
    }
  }

  /** Fails the prompt in the slot if there is one and, should only that count, it was cancelled. */
  void fail(Throwable cause, boolean onlyCancelled) {
    if (staged != null && (!onlyCancelled || staged.group.ticket.isCancelled())) {
      PromptGroup group = staged.group;
      staged = null;
      line.leave(group, group.waiting());
      group.fail(cause);
    }
  }
}
