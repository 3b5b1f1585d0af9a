package org.rlaif.training.learning;

import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.kit.Example;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.torch.Sequences;

/**
 * One prompt and one completion as tokens.
 *
 * @param prompt begins with the beginning token, if the model has one
 * @param completion with the token that ends it, if it has one
 * @param earlier where the prompt has tokens that are learned like the completion's: what the
 *     assistant has said in earlier turns, or all but the first of a text that is learned whole
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record Sequence(int[] prompt, int[] completion, int[] earlier) {

  /** Of which the completion alone is learned, or asked about. */
  public Sequence(int[] prompt, int[] completion) {
    this(prompt, completion, new int[0]);
  }

  /**
   * Tokenises a prompt and a whole completion.
   *
   * @param id names them in the error if they are longer than the context
   */
  public static Sequence encode(
      PromptEncoder encoder, int contextLength, String id, Prompt prompt, String completion) {
    return of(encoder, contextLength, id, prompt, encoder.completion(id, prompt, completion));
  }

  /** Tokenises a prompt of which the completion is in tokens already. */
  public static Sequence of(
      PromptEncoder encoder, int contextLength, String id, Prompt prompt, int[] completion) {
    Sequence sequence = new Sequence(encoder.prompt(id, prompt), completion);
    UserError.require(
        sequence.length() <= contextLength,
        id,
        sequence.length() + " tokens",
        "at most " + contextLength + ", the context length");
    return sequence;
  }

  /** Tokenises an example with all that is to be learned of it. */
  public static Sequence encode(PromptEncoder encoder, int contextLength, Example example) {
    String id = "example " + example.id();
    Sequence sequence = encode(encoder, contextLength, id, example.prompt(), example.completion());
    if (!example.everyTurn()) {
      return sequence;
    }
    int[] earlier =
        example.prompt() instanceof Prompt.Chat
            ? encoder.earlierTurns(id, example.prompt())
            : IntStream.range(1, sequence.prompt.length).toArray(); // nothing is before the first
    return new Sequence(sequence.prompt, sequence.completion, earlier);
  }

  public int length() {
    return prompt.length + completion.length;
  }

  /** Tokens that are learned, or asked about. */
  public int completionTokens() {
    return earlier.length + completion.length;
  }

  /** All of them, one row each. */
  public static Sequences batch(List<Sequence> sequences) {
    return new Sequences(
        sequences.stream()
            .map(each -> joined(IntStream.of(each.prompt), IntStream.of(each.completion)))
            .toArray(int[][]::new),
        sequences.stream()
            .map(
                each ->
                    joined(
                        IntStream.of(each.earlier),
                        IntStream.range(each.prompt.length, each.length())))
            .toArray(int[][]::new));
  }

  private static int[] joined(IntStream some, IntStream more) {
    return IntStream.concat(some, more).toArray();
  }

  /** The chosen ones, in the order of {@code which}. */
  public static Sequences batch(List<Sequence> sequences, int[] which) {
    return batch(IntStream.of(which).mapToObj(sequences::get).toList());
  }
}
