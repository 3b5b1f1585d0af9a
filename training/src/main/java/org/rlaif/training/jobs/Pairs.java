package org.rlaif.training.jobs;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.rlaif.kit.Preference;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Sequences;

/**
 * Preferences as tokens. Lists and labels go by the number of the pair.
 *
 * @param labels P(first is better)
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
record Pairs(List<Sequence> firsts, List<Sequence> seconds, float[] labels) {

  static Pairs encode(List<Preference> preferences, PromptEncoder encoder, int contextLength) {
    List<Sequence> firsts = new ArrayList<>(preferences.size());
    List<Sequence> seconds = new ArrayList<>(preferences.size());
    float[] labels = new float[preferences.size()];
    for (Preference preference : preferences) {
      String id = "preference " + preference.id();
      labels[firsts.size()] = (float) preference.probabilityFirst();
      firsts.add(
          Sequence.of(encoder, contextLength, id, preference.prompt(), encoder.first(preference)));
      seconds.add(
          Sequence.of(encoder, contextLength, id, preference.prompt(), encoder.second(preference)));
    }
    return new Pairs(firsts, seconds, labels);
  }

  int size() {
    return labels.length;
  }

  /** Tokens of the longer side. */
  int length(int pair) {
    return Math.max(firsts.get(pair).length(), seconds.get(pair).length());
  }

  /** (2 B): the first completions of the chosen pairs, then the second ones. */
  Sequences bothSides(int[] batch) {
    return Sequence.batch(
        Stream.concat(
                IntStream.of(batch).mapToObj(firsts::get),
                IntStream.of(batch).mapToObj(seconds::get))
            .toList());
  }

  /** (B) */
  float[] labels(int[] batch) {
    float[] chosen = new float[batch.length];
    for (int i = 0; i < batch.length; i++) {
      chosen[i] = labels[batch[i]];
    }
    return chosen;
  }

  /** All first completions, then all second ones. */
  List<Sequence> all() {
    List<Sequence> all = new ArrayList<>(firsts);
    all.addAll(seconds);
    return all;
  }
}
