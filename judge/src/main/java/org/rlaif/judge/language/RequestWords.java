package org.rlaif.judge.language;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * In which words an endpoint is asked. They differ: what one demands, the next refuses, and says
 * so.
 *
 * @param lengthKey what the limit on an answer's tokens is called
 * @param cold whether a temperature is asked for
 * @param mostLikely how many of the most likely tokens are asked for; 0: no log-probabilities
 * @param seeded whether a seed is given where something is drawn
 */
record RequestWords(String lengthKey, boolean cold, int mostLikely, boolean seeded) {
  private static final String MAX_TOKENS = "max_tokens";
  private static final String MAX_COMPLETION_TOKENS = "max_completion_tokens";

  /** As OpenAI's API was first, with as many tokens as it allows. */
  static final RequestWords FIRST = new RequestWords(MAX_TOKENS, true, 20, true);

  /** Where an endpoint says that it gives fewer, but not how many: others stop here. */
  private static final int FEWER = 5;

  /** A number that stands alone, not that of a model's name. */
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w.-])\\d{1,3}(?![\\w%-])");

  /**
   * What to try after a refusal, or null if it names nothing that can be changed.
   *
   * @param complaint the refusal's own words
   */
  @Nullable RequestWords after(String complaint) {
    if (cold && names("temperature", complaint)) {
      return new RequestWords(lengthKey, false, mostLikely, seeded);
    }
    if (mostLikely > 0 && names("top_logprobs", complaint)) {
      return new RequestWords(lengthKey, cold, allowed(complaint), seeded);
    }
    if (mostLikely > 0 && names("logprobs", complaint)) {
      int told = told(complaint);
      // 0 unless it tells how many it gives
      return new RequestWords(lengthKey, cold, told, seeded);
    }
    if (lengthKey.equals(MAX_TOKENS) && names(MAX_TOKENS, complaint)) {
      return new RequestWords(MAX_COMPLETION_TOKENS, cold, mostLikely, seeded);
    }
    if (seeded && names("seed", complaint)) {
      return new RequestWords(lengthKey, cold, mostLikely, false);
    }
    return null;
  }

  private int allowed(String complaint) {
    int told = told(complaint);
    return told > 0 ? told : mostLikely > FEWER ? FEWER : 0;
  }

  /** The largest number below what was asked for: "at most 5", "20 is greater than 5". */
  private int told(String complaint) {
    int most = 0;
    for (Matcher matcher = NUMBER.matcher(complaint); matcher.find(); ) {
      int number = Integer.parseInt(matcher.group());
      most = number < mostLikely ? Math.max(most, number) : most;
    }
    return most;
  }

  private static boolean names(String parameter, String complaint) {
    return Pattern.compile("\\b" + parameter + "\\b").matcher(complaint).find();
  }

  /** Writes the limit on the answer's tokens. */
  void writeLength(ObjectNode request, int maxTokens) {
    request.put(lengthKey, maxTokens);
  }

  /** For an answer that is chosen: the most likely one, with what tells how likely it is. */
  void writeColdest(ObjectNode request) {
    if (cold) {
      request.put("temperature", 0);
    }
    if (mostLikely > 0) {
      request.put("logprobs", true).put("top_logprobs", mostLikely);
    }
  }

  /** For a text that is drawn. */
  void write(ObjectNode request, Writing how) {
    if (cold) {
      request.put("temperature", how.temperature());
    }
    if (seeded && how.temperature() > 0) {
      request.put("seed", how.seed());
    }
  }

  /** What an endpoint has brought about that decides answers. */
  List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    if (!cold) {
      remarks.add("the endpoint refuses temperature 0 and was asked at its own");
    }
    if (!seeded) {
      remarks.add("the endpoint refuses a seed: asked again, its rationales would be others");
    }
    if (mostLikely == 0) {
      remarks.add("the endpoint refuses to give log-probabilities");
    } else if (mostLikely < FIRST.mostLikely()) {
      remarks.add("the endpoint gives log-probabilities of " + mostLikely + " tokens at most");
    }
    return remarks;
  }
}
