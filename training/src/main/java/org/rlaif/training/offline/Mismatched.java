package org.rlaif.training.offline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.rlaif.training.learning.Sequence;

/**
 * Prompts with completions that others were answered with: what a policy makes likelier there, it
 * makes likelier everywhere. The mean of their log-ratios stands for KL(policy || reference), as
 * Ethayarajh et al. 2024 (arXiv 2402.01306) have it in section 4.1, without sampling anything.
 */
final class Mismatched {
  private Mismatched() {}

  /**
   * One for each sequence: its prompt, and the completion of the last one before it, round the end,
   * that has another prompt. TRL takes the one before, which may have the same. What is longer than
   * the context is cut.
   */
  static List<Sequence> of(List<Sequence> sequences, int contextLength) {
    int n = sequences.size();
    List<Sequence> mismatched = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      int[] prompt = sequences.get(i).prompt();
      int other = 1;
      while (other < n && Arrays.equals(prompt, at(sequences, i - other).prompt())) {
        other++;
      }
      // If all ask the same, the one before.
      int[] completion = at(sequences, i - (other < n ? other : 1)).completion();
      int room = Math.min(completion.length, contextLength - prompt.length);
      mismatched.add(new Sequence(prompt, Arrays.copyOf(completion, room)));
    }
    return mismatched;
  }

  private static Sequence at(List<Sequence> sequences, int position) {
    return sequences.get(Math.floorMod(position, sequences.size()));
  }
}
