package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.RequestQueue;
import org.rlaif.serving.sampling.LogitRules;

/** Where prompts are computed, one at a time or some short ones together, before they get rows. */
final class Staging {
  private final int vocabularySize;
  private final AdmissionPolicy policy;
  private final RequestQueue queue;

  /** In the order of their slots; several if they are computed together. */
  private final List<Staged> staged = new ArrayList<>();

  /** A prompt in a slot behind the rows, under one version of the weights. */
  static final class Staged implements Samplers.Distributions {
    final PromptGroup group;
    final long version;
    final int slot;
    private final Prefill prefill;
    private final float[] logprobs; // of the first token
    private double normaliser; // if it is needed

    private Staged(PromptGroup group, long version, int slot, int vocabularySize) {
      this.group = group;
      this.version = version;
      this.slot = slot;
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

    /** One for all samples. */
    @Override
    public void logprobs(int row, float[] into) {
      System.arraycopy(logprobs, 0, into, 0, into.length);
    }

    @Override
    public double normaliser(int row, float[] distribution) {
      return normaliser;
    }
  }

  Staging(int vocabularySize, AdmissionPolicy policy, RequestQueue queue) {
    this.vocabularySize = vocabularySize;
    this.policy = policy;
    this.queue = queue;
  }

  /** Whether no prompt is here of which a sample has yet to begin. */
  boolean isEmpty() {
    return staged.stream().allMatch(each -> each.group.isStarted());
  }

  /** Takes out the prompts whose caller is behind: they wait in the queue again. */
  void putBack() {
    for (Staged each : List.copyOf(staged)) {
      if (!each.group.isStarted() && each.group.listener.isBehind()) {
        staged.remove(each);
        queue.putBack(each.group);
      }
    }
  }

  /**
   * The prompts that are being computed, or the next that wait; anew if the weights changed
   * meanwhile.
   *
   * @param rows how many there are
   * @param mayWait whether they wait meanwhile
   */
  List<Staged> next(long version, int rows, boolean mayWait) {
    staged.removeIf(each -> each.group.isStarted());
    if (staged.isEmpty()) {
      stage(policy.next(rows, mayWait), version, rows);
    } else if (staged.get(0).version != version) {
      List<PromptGroup> groups = staged.stream().map(each -> each.group).toList();
      staged.clear();
      stage(groups, version, rows);
    }
    return List.copyOf(staged);
  }

  private void stage(List<PromptGroup> groups, long version, int rows) {
    int slot = policy.slot(groups, rows);
    for (PromptGroup group : groups) {
      staged.add(new Staged(group, version, slot, vocabularySize));
      slot++;
    }
  }

  /** Puts the prompts' next chunk into a pass; {@link #computed} comes after its run. */
  void put(List<Staged> prompts, ForwardPass pass, int most) {
    if (prompts.stream().anyMatch(each -> LogitRules.needNormaliser(each.group.sampling))) {
      pass.wantNormaliser();
    }
    Staged first = prompts.get(0);
    if (prompts.size() == 1) {
      first.prefill.put(pass, first.slot, most);
      return;
    }
    pass.prompts(
        first.slot,
        prompts.stream().map(each -> each.group.prompt).toList(),
        prompts.stream().map(each -> each.group.sampling.graphTemperature()).toList());
    for (int i = 0; i < prompts.size(); i++) {
      prompts.get(i).prefill.together(i);
    }
  }

  /** Takes the output of the last chunk. */
  void computed(Staged prompt, ForwardPass pass) {
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

  /** Fails the prompts that are here or, should only these count, those that were cancelled. */
  void fail(Throwable cause, boolean onlyCancelled) {
    List<PromptGroup> failed =
        staged.stream()
            .map(each -> each.group)
            .filter(group -> !onlyCancelled || group.ticket.isCancelled())
            .toList();
    staged.removeIf(each -> failed.contains(each.group));
    for (PromptGroup group : failed) {
      queue.leave(group, group.waiting());
      group.fail(cause);
    }
  }
}
