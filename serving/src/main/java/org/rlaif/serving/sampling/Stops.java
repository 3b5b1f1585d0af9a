package org.rlaif.serving.sampling;

import java.util.List;
import java.util.Set;
import org.rlaif.kit.UserError;

/**
 * What ends a sequence besides the end-of-text token and its length.
 *
 * @param minTokens the number of first tokens that end nothing
 * @param strings a sequence ends with the token that completes one of them in its text
 * @param tokenIds a sequence ends with any of these
 */
public record Stops(int minTokens, List<String> strings, Set<Integer> tokenIds) {
  public static final Stops NONE = new Stops(0, List.of(), Set.of());

  /** All of them are looked for after every token, by the thread that everyone waits for. */
  private static final int MOST_STRINGS = 16;

  private static final int LONGEST_STRING = 256;
  private static final int MOST_TOKENS = 64;

  public Stops {
    strings = List.copyOf(strings);
    tokenIds = Set.copyOf(tokenIds);
    UserError.require(minTokens >= 0, "min_tokens", minTokens, ">= 0");
    UserError.require(
        strings.size() <= MOST_STRINGS,
        "stop_strings",
        strings.size() + " strings",
        "at most " + MOST_STRINGS);
    for (int i = 0; i < strings.size(); i++) {
      int length = strings.get(i).length();
      UserError.require(
          length >= 1 && length <= LONGEST_STRING,
          "stop_strings[" + i + "]",
          length + " characters",
          "from 1 to " + LONGEST_STRING);
    }
    UserError.require(
        tokenIds.size() <= MOST_TOKENS,
        "stop_token_ids",
        tokenIds.size() + " ids",
        "at most " + MOST_TOKENS);
  }
}
