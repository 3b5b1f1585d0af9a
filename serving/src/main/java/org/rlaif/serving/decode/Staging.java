package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.RequestQueue;
import org.rlaif.serving.sampling.LogitRules;

/** Where prompts are computed, one at a time or some short ones together, before they get rows. */
final class Staging {
  private final DecoderConfig config;
  private final int spare;
  private final RequestQueue line;

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

  /**
   * @param spare the slot that is never a row's
   */
  Staging(DecoderConfig config, int spare, RequestQueue line) {
    this.config = config;
    this.spare = spare;
    this.line = line;
  }

  /** Whether no prompt is here of which a sample has yet to begin. */
  boolean isEmpty() {
    return staged.stream().allMatch(each -> each.group.isStarted());
  }

  /** Takes out the prompts whose caller is behind: they wait in the line again. */
  void putBack() {
    for (Staged each : List.copyOf(staged)) {
      if (!each.group.isStarted() && each.group.listener.isBehind()) {
        staged.remove(each);
        line.putBack(each.group);
      }
    }
  }

  /**
   * The prompts that are being computed, or the next that wait; anew if the weights changed
   * meanwhile.
   *
   * @param rows how many there are
   * @param most sequences of several prompts together
   */
  List<Staged> next(long version, int rows, int most) {
    staged.removeIf(each -> each.group.isStarted());
    if (staged.isEmpty()) {
      stage(poll(most), version, rows);
    } else if (staged.get(0).version != version) {
      List<PromptGroup> groups = staged.stream().map(each -> each.group).toList();
      staged.clear();
      stage(groups, version, rows);
    }
    return List.copyOf(staged);
  }

  private List<PromptGroup> poll(int most) {
    List<PromptGroup> groups = new ArrayList<>();
    PromptGroup group = line.poll();
    while (group != null) {
      groups.add(group);
      group = line.pollIf(next -> fit(groups, next, most));
    }
    return groups;
  }

  /**
   * Whether a prompt can be computed with others: whole, all sequences of all of them start at
   * once, and none is padded to more than twice its length.
   */
  private boolean fit(List<PromptGroup> others, PromptGroup next, int most) {
    int longest = next.prompt.length;
    int shortest = next.prompt.length;
    int sequences = next.waiting();
    for (PromptGroup each : others) {
      longest = Math.max(longest, each.prompt.length);
      shortest = Math.min(shortest, each.prompt.length);
      sequences += each.waiting();
    }
    int width = ForwardPass.width(longest);
    return sequences <= most
        && longest <= Prefill.CHUNK
        && width <= Math.min(2 * shortest, config.contextLength())
        && (others.size() + 1) * width <= Prefill.together(config);
  }

  /**
   * The prompts of single samples are computed where their rows will be, unless rows end meanwhile.
   * Others are copied to each of their samples, the first ones first: they lie at the end, so that
   * no row comes to lie where a prompt is that was not copied yet.
   */
  private void stage(List<PromptGroup> groups, long version, int rows) {
    boolean inPlace = groups.stream().allMatch(group -> group.waiting() == 1);
    int slot = inPlace ? rows : spare + 1 - groups.size();
    for (PromptGroup group : groups) {
      staged.add(new Staged(group, version, slot, config.vocabularySize()));
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
      line.leave(group, group.waiting());
      group.fail(cause);
    }
  }
}
