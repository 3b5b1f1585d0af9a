package org.rlaif.serving.update;

import com.google.common.primitives.Ints;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The beginning of a prompt with its completion, on which a network that serves quantised is
 * compared with fp32.
 *
 * @param tokens at most {@value #LONGEST}
 * @param compared how many of the last ones are compared
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
public record Excerpt(int[] tokens, int compared) {
  /** Tokens of a completion, at most. */
  public static final int COMPLETION = 64;

  /** Tokens of a prompt that is completed for this, at most. */
  public static final int PROMPT = 192;

  static final int LONGEST = PROMPT + COMPLETION;

  /** All together, each counted as the longest: what the check of a large model can bear. */
  public static final int ALL = 2048;

  /** Of a prompt that is too long, what it says itself is compared. */
  static Excerpt of(int[] prompt, int[] completion) {
    int behind = Math.min(completion.length, COMPLETION);
    int[] whole = Ints.concat(prompt, Arrays.copyOf(completion, behind));
    int[] tokens = Arrays.copyOf(whole, Math.min(whole.length, LONGEST));
    int compared = tokens.length - prompt.length;
    return new Excerpt(tokens, compared > 0 ? compared : COMPLETION);
  }

  /**
   * As many as there may be, from all over the list.
   *
   * @param longest tokens that any of them has
   */
  public static <T> List<T> spread(List<T> all, int longest) {
    int count = Math.min(all.size(), ALL / longest);
    List<T> some = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      some.add(all.get((int) ((long) i * all.size() / count)));
    }
    return some;
  }
}
