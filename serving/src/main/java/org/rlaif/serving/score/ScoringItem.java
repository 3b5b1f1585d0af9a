package org.rlaif.serving.score;

import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.rlaif.model.DecoderConfig;

/**
 * A prompt and a completion of it.
 *
 * @param prompt token ids
 * @param completion token ids
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record ScoringItem(int[] prompt, int[] completion) {
  /** The whole sequence, and the raw score where that is read. */
  public Span span(DecoderConfig config, Consumer<Float> reader) {
    int[] sequence = IntStream.concat(IntStream.of(prompt), IntStream.of(completion)).toArray();
    return new Span(
        sequence,
        0,
        new int[] {config.scored(sequence)},
        new int[1],
        1,
        (index, number) -> reader.accept(number));
  }
}
