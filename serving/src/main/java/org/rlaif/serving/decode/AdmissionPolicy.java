package org.rlaif.serving.decode;

import java.util.ArrayList;
import java.util.List;
import org.rlaif.model.DecoderConfig;
import org.rlaif.serving.queue.PromptGroup;
import org.rlaif.serving.queue.RequestQueue;

/**
 * Decides which of the prompts that wait get which slots, and whether rows decode meanwhile. It
 * knows requests and numbers, and no graph. Of the scheduler's thread alone.
 *
 * <p>Sequences that were set aside come before any of them: the {@link Scheduler} takes those up
 * itself. Prompts come in the order of the {@link RequestQueue}: clients take turns, within their
 * quota. Several are computed together where that costs nobody anything; a prompt is computed once
 * for all its samples, which then take the slots that are free. Rows are slots 0 to B - 1; one slot
 * more than there can be rows is always there for a prompt.
 */
final class AdmissionPolicy {
  /** Fewer slots than this part of all are few. */
  private static final int FEW = 8;

  private final DecoderConfig config;
  private final int slots;
  private final RequestQueue queue;

  /** Prompts that got rows since rows decoded last. */
  private int promptsInTurn;

  /** Whether slots are being filled: it began with many that could be. */
  private boolean filling;

  /**
   * @param slots the most rows
   */
  AdmissionPolicy(DecoderConfig config, int slots, RequestQueue queue) {
    this.config = config;
    this.slots = slots;
    this.queue = queue;
  }

  /**
   * Whether rows may wait while slots are filled: nobody follows them, and more than a few slots
   * could be filled when that began. They are fastest together, and at the same length; where they
   * come and go, a prompt beside them is cheap.
   *
   * @param followed whether somebody waits for every token of a row
   */
  boolean mayRowsWait(int rows, boolean followed) {
    filling = filling || !areFewFillable(rows);
    return filling && !followed && promptsInTurn < slots;
  }

  /**
   * Whether rows decode in this turn, in which prompts are computed or not.
   *
   * @param mayWait what {@link #mayRowsWait} said
   */
  boolean decodes(boolean computesPrompts, boolean mayWait) {
    filling = filling && computesPrompts;
    boolean decodes = !computesPrompts || !mayWait;
    promptsInTurn = decodes ? 0 : promptsInTurn;
    return decodes;
  }

  /** A prompt's samples got rows. */
  void started() {
    promptsInTurn++;
  }

  /**
   * The most tokens of a prompt in one run. Large chunks fill slots fastest, and hold up the rows.
   * Where somebody follows these, and few slots can be filled, a prompt is computed in pieces.
   */
  int chunk(int rows, boolean followed) {
    return followed && areFewFillable(rows) ? Prefill.PIECE : Prefill.CHUNK;
  }

  private boolean areFewFillable(int rows) {
    int fillable = Math.min(slots - rows, queue.waiting());
    return fillable * FEW <= Math.max(slots, FEW);
  }

  /**
   * Takes the prompt whose turn it is out of the queue, and those behind it that can be computed
   * with it; none if none waits.
   *
   * @param mayWait whether rows wait meanwhile: else one sequence is admitted beside them
   */
  List<PromptGroup> next(int rows, boolean mayWait) {
    int most = mayWait ? slots - rows : 1;
    List<PromptGroup> groups = new ArrayList<>();
    PromptGroup group = queue.poll();
    while (group != null) {
      groups.add(group);
      group = queue.pollIf(next -> fit(groups, next, most));
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
   * Where prompts are computed: the slot of the first, the others follow. Those of single samples
   * are computed where their rows will be, unless rows end meanwhile. Others are copied to each of
   * their samples, the first ones first: they lie at the end, so that no row comes to lie where a
   * prompt is that was not copied yet.
   */
  int slot(List<PromptGroup> groups, int rows) {
    boolean inPlace = groups.stream().allMatch(group -> group.waiting() == 1);
    return inPlace ? rows : slots + 1 - groups.size();
  }
}
