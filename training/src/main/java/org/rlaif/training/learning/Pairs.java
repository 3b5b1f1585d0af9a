package org.rlaif.training.learning;

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
public record Pairs(List<Sequence> firsts, List<Sequence> seconds, float[] labels) {

  public static Pairs encode(
      List<Preference> preferences, PromptEncoder encoder, int contextLength) {
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

  public int size() {
    return labels.length;
  }

  /** Tokens of the longer side. */
  public int length(int pair) {
    return Math.max(firsts.get(pair).length(), seconds.get(pair).length());
  }

  /** (2 B): the first completions of the chosen pairs, then the second ones. */
  public Sequences bothSides(int[] batch) {
    return Sequence.batch(
        Stream.concat(
                IntStream.of(batch).mapToObj(firsts::get),
                IntStream.of(batch).mapToObj(seconds::get))
            .toList());
  }

  /** (B) */
  public float[] labels(int[] batch) {
    float[] chosen = new float[batch.length];
    for (int i = 0; i < batch.length; i++) {
      chosen[i] = labels[batch[i]];
    }
    return chosen;
  }

  /** All first completions, then all second ones. */
  public List<Sequence> all() {
    List<Sequence> all = new ArrayList<>(firsts);
    all.addAll(seconds);
    return all;
  }

  /**
   * How far the first completions are ahead.
   *
   * @param scores in the order of {@link #all}
   * @return one for each pair
   */
  public double[] differences(double[] scores) {
    double[] differences = new double[size()];
    for (int i = 0; i < differences.length; i++) {
      differences[i] = scores[i] - scores[size() + i];
    }
    return differences;
  }
}
