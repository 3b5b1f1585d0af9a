package org.rlaif.serving.score;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Log-probabilities of given completions of one prompt, as pieces of a request: either the prompt
 * once, and every completion behind it by itself, or a whole sequence for each completion, which
 * can share runs with others. What is cheaper depends on the lengths; the numbers are the same
 * bits.
 */
public final class LogprobPieces {
  private final int[] prompt;
  private final List<int[]> completions;
  private final double temperature;
  private final float[][] rows;

  private LogprobPieces(int[] prompt, List<int[]> completions, double temperature) {
    this.prompt = prompt;
    this.completions = completions;
    this.temperature = temperature;
    this.rows = new float[completions.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new float[completions.get(i).length];
    }
  }

  /** Adds them; when the request is answered, the rows have one number for each token. */
  public static float[][] add(
      ScoringRequest to, int[] prompt, List<int[]> completions, double temperature) {
    var pieces = new LogprobPieces(prompt, completions, temperature);
    if (pieces.costOnce() < pieces.costWhole()) {
      pieces.addOnce(to);
    } else {
      pieces.addWhole(to);
    }
    return pieces.rows;
  }

  /** In tokens; a completion's last one need not be computed, nor the only one. */
  private long costOnce() {
    return prompt.length + longer().mapToLong(i -> Batches.RUN + computed(i)).sum();
  }

  private long costWhole() {
    return (longer().count() < rows.length ? prompt.length : 0)
        + longer().mapToLong(i -> prompt.length + computed(i)).sum();
  }

  /** Completions of more than one token. */
  private IntStream longer() {
    return IntStream.range(0, rows.length).filter(i -> computed(i) > 0);
  }

  private int computed(int completion) {
    return completions.get(completion).length - 1;
  }

  private void addOnce(ScoringRequest to) {
    List<Span> spans = new ArrayList<>();
    spans.add(prompt(IntStream.range(0, rows.length).toArray()));
    longer()
        .forEach(
            i -> {
              int[] positions = IntStream.range(prompt.length, length(i)).toArray();
              int[] targets =
                  IntStream.rangeClosed(1, computed(i)).map(t -> completions.get(i)[t]).toArray();
              spans.add(
                  new Span(
                      sequence(i),
                      prompt.length,
                      positions,
                      targets,
                      temperature,
                      (index, number) -> rows[i][index + 1] = number));
            });
    to.add(spans, rows.length);
  }

  private void addWhole(ScoringRequest to) {
    int[] single = IntStream.range(0, rows.length).filter(i -> computed(i) == 0).toArray();
    if (single.length > 0) {
      to.add(List.of(prompt(single)), single.length);
    }
    longer()
        .forEach(
            i ->
                to.add(
                    List.of(
                        new Span(
                            sequence(i),
                            0,
                            IntStream.range(prompt.length - 1, length(i)).toArray(),
                            completions.get(i),
                            temperature,
                            (index, number) -> rows[i][index] = number)),
                    1));
  }

  /** The prompt, whose end predicts the first token of these completions. */
  private Span prompt(int[] of) {
    int[] positions = IntStream.range(0, of.length).map(i -> prompt.length - 1).toArray();
    int[] targets = IntStream.of(of).map(i -> completions.get(i)[0]).toArray();
    return new Span(
        prompt, 0, positions, targets, temperature, (index, number) -> rows[of[index]][0] = number);
  }

  private int length(int completion) {
    return prompt.length + computed(completion);
  }

  /** Prompt and completion, without the last token. */
  private int[] sequence(int completion) {
    return IntStream.concat(
            IntStream.of(prompt),
            IntStream.of(completions.get(completion)).limit(computed(completion)))
        .toArray();
  }
}
