package org.rlaif.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads which of two is the better one out of a chat completion. What is said must be a {@link
 * SpokenVerdict}. Where the log-probabilities are given, the answer is soft, by the token that is
 * the verdict: all spellings of what it says ("1", " 1") and of what it would have said of the
 * other are added up and the two renormalised. Where they are not, it is hard: 1 or 0.
 *
 * <p>A text that is about neither, such as "The" of an answer that was cut off, is answered by the
 * first token if the two were likely there.
 */
final class ChatAnswer {
  /**
   * If the model said neither, both must have had this probability together to be believed: below
   * it, the model was about to say something else.
   */
  private static final double LEAST_MASS = 0.1;

  private static final Pattern AROUND =
      Pattern.compile("^[\\s*`\"'(\\[{<#]+|[\\s*`\"')\\]}>.:,]+$");
  private static final int EXCERPT = 80;

  private ChatAnswer() {}

  static Answer read(JsonNode response) {
    JsonNode choice = response.path("choices").path(0);
    String content = choice.path("message").path("content").asText("");
    List<JsonNode> tokens = new ArrayList<>();
    choice.path("logprobs").path("content").forEach(tokens::add);
    SpokenVerdict said = SpokenVerdict.in(content, !isCut(choice));
    if (said != null) {
      Double likely = fromTokens(tokens, said);
      return likely == null ? Answer.hard(said.first()) : Answer.of(likely);
    }
    Double likely = SpokenVerdict.mentionsOne(content) ? null : fromStart(tokens);
    return likely == null ? Answer.none(why(choice, content)) : Answer.of(likely);
  }

  /** The probability of the first at the token that is the verdict, or null if none tells. */
  private static @Nullable Double fromTokens(List<JsonNode> tokens, SpokenVerdict said) {
    StringBuilder text = new StringBuilder();
    List<Integer> ends = new ArrayList<>();
    for (JsonNode token : tokens) {
      text.append(plain(token.path("token").asText("")));
      ends.add(text.length());
    }
    SpokenVerdict again = SpokenVerdict.in(text.toString(), /* whole= */ true);
    if (again == null || again.first() != said.first()) {
      return null; // these are not the tokens of that text
    }
    int index = 0;
    while (ends.get(index) <= again.at()) {
      index++;
    }
    double own = mass(tokens.get(index), again.said());
    // Said outright: if the other is not even among the most likely, it is as good as 0.
    double rival = mass(tokens.get(index), again.rival());
    return again.first() ? normalised(own, rival) : normalised(rival, own);
  }

  /** The same at the first token that is more than white space, whatever was said there. */
  private static @Nullable Double fromStart(List<JsonNode> tokens) {
    for (JsonNode token : tokens) {
      if (!plain(token.path("token").asText("")).isBlank()) {
        double one = mass(token, "1");
        double two = mass(token, "2");
        return one > 0 && two > 0 && one + two >= LEAST_MASS ? normalised(one, two) : null;
      }
    }
    return null;
  }

  private static @Nullable Double normalised(double first, double second) {
    return first + second > 0 ? first / (first + second) : null;
  }

  /** The probability of all spellings of a word among the most likely tokens. */
  private static double mass(JsonNode position, String word) {
    double mass = 0;
    for (JsonNode alternative : position.path("top_logprobs")) {
      String text = AROUND.matcher(plain(alternative.path("token").asText(""))).replaceAll("");
      JsonNode logprob = alternative.path("logprob");
      boolean same = word.length() == 1 ? text.equals(word) : text.equalsIgnoreCase(word);
      if (same && logprob.isNumber()) {
        mass += Math.exp(Math.min(0, logprob.doubleValue()));
      }
    }
    return mass;
  }

  /** A token with white space for the marks that some vocabularies write for it. */
  private static String plain(String token) {
    return token.replace('\u2581', ' ').replace('\u0120', ' ').replace('\u010a', '\n');
  }

  private static String why(JsonNode choice, String content) {
    String line = content.strip().replaceAll("\\s+", " ");
    String said = line.length() > EXCERPT ? line.substring(0, EXCERPT) + "…" : line;
    return (said.isEmpty() ? "nothing said" : "no verdict: \"" + said + "\"")
        + (isCut(choice) ? " (cut off by endpoint.maxTokens)" : "");
  }

  private static boolean isCut(JsonNode choice) {
    return choice.path("finish_reason").asText("").equals("length");
  }
}
