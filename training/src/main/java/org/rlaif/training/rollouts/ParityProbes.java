package org.rlaif.training.rollouts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.kit.Example;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Network;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.v1.CommitUpdateRequest.Distribution;
import org.rlaif.v1.CommitUpdateRequest.Probe;

/**
 * What a server is to judge new weights by: among some sequences those whose log-probabilities the
 * update moves most, and of each of them the whole distribution at the token that it moves most.
 * All of it at temperature 1, once by the new weights and once by those before.
 */
public final class ParityProbes {
  /** Sequences that are looked at, and those that are taken. */
  private static final int CANDIDATES = 16;

  private static final int MOST = 4;

  private ParityProbes() {}

  /**
   * Chooses and computes them.
   *
   * @param before the policy as it was published last
   * @param after as it is now
   * @param sequences of which the first ones are looked at
   */
  public static List<Probe> of(Network before, Network after, List<Sequence> sequences) {
    List<Sequence> some =
        sequences.stream()
            .limit(CANDIDATES)
            .map(each -> new Sequence(each.prompt(), each.completion())) // as a server is asked
            .toList();
    float[][] old = Forward.logprobs(before, some, /* temperature= */ 1, MOST);
    float[][] now = Forward.logprobs(after, some, /* temperature= */ 1, MOST);
    int[] chosen =
        IntStream.range(0, some.size())
            .boxed()
            .sorted(Comparator.comparingDouble(row -> -meanSquare(old[row], now[row])))
            .limit(MOST)
            .mapToInt(Integer::intValue)
            .toArray();
    int[] places = IntStream.of(chosen).map(row -> mostMoved(old[row], now[row])).toArray();
    List<Sequence> cut =
        IntStream.range(0, chosen.length)
            .mapToObj(i -> cut(some.get(chosen[i]), places[i]))
            .toList();
    float[][] oldVocabulary = Forward.vocabulary(before, cut, /* temperature= */ 1);
    float[][] nowVocabulary = Forward.vocabulary(after, cut, /* temperature= */ 1);
    List<Probe> probes = new ArrayList<>(chosen.length);
    for (int i = 0; i < chosen.length; i++) {
      Sequence sequence = some.get(chosen[i]);
      probes.add(
          Probe.newBuilder()
              .addAllPromptTokenIds(ints(sequence.prompt()))
              .addAllCompletionTokenIds(ints(sequence.completion()))
              .addAllLogprobs(floats(now[chosen[i]]))
              .addAllPreviousLogprobs(floats(old[chosen[i]]))
              .addDistributions(
                  Distribution.newBuilder()
                      .setToken(places[i])
                      .addAllLogprobs(floats(nowVocabulary[i]))
                      .addAllPreviousLogprobs(floats(oldVocabulary[i])))
              .build());
    }
    return probes;
  }

  /** Up to a token of the completion, which alone is asked about. */
  private static Sequence cut(Sequence sequence, int place) {
    int[] before =
        IntStream.concat(
                IntStream.of(sequence.prompt()), IntStream.of(sequence.completion()).limit(place))
            .toArray();
    return new Sequence(before, new int[] {sequence.completion()[place]});
  }

  /** What weights are checked on while there is no rollout: examples with their completions. */
  public static List<Sequence> first(
      List<Example> examples, PromptEncoder encoder, int contextLength) {
    return examples.stream()
        .limit(MOST)
        .map(
            example ->
                Sequence.encode(
                    encoder,
                    contextLength,
                    "example " + example.id(),
                    example.prompt(),
                    example.completion()))
        .toList();
  }

  private static double meanSquare(float[] some, float[] others) {
    return IntStream.range(0, some.length)
        .mapToDouble(i -> Math.pow((double) some[i] - others[i], 2))
        .average()
        .orElse(0);
  }

  private static int mostMoved(float[] some, float[] others) {
    int most = 0;
    for (int i = 1; i < some.length; i++) {
      if (Math.abs(some[i] - others[i]) > Math.abs(some[most] - others[most])) {
        most = i;
      }
    }
    return most;
  }

  private static List<Integer> ints(int[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static List<Float> floats(float[] numbers) {
    List<Float> list = new ArrayList<>(numbers.length);
    for (float number : numbers) {
      list.add(number);
    }
    return list;
  }
}
