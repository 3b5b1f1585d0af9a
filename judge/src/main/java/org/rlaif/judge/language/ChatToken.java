package org.rlaif.judge.language;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.regex.Pattern;

/** One token of a chat completion, with the most likely ones in its place. */
record ChatToken(JsonNode json) {
  private static final Pattern AROUND =
      Pattern.compile("^[\\s*`\"'(\\[{<#]+|[\\s*`\"')\\]}>.:,]+$");

  /** All of them together. */
  static String text(List<ChatToken> tokens) {
    StringBuilder text = new StringBuilder();
    tokens.forEach(each -> text.append(each.text()));
    return text.toString();
  }

  /** Which of them a place in their text is in. */
  static int at(List<ChatToken> tokens, int place) {
    int end = 0;
    for (int i = 0; i < tokens.size(); i++) {
      end += tokens.get(i).text().length();
      if (end > place) {
        return i;
      }
    }
    throw new IllegalArgumentException(place + " (expected: less than " + end + ")");
  }

  /** With white space for the marks that some vocabularies write for it. */
  String text() {
    return plain(json.path("token").asText(""));
  }

  /** The same without what may stand around a word. */
  String word() {
    return word(text());
  }

  /** The probability of all spellings of a word among the most likely tokens. */
  double mass(String word) {
    double mass = 0;
    for (JsonNode alternative : json.path("top_logprobs")) {
      String text = word(plain(alternative.path("token").asText("")));
      JsonNode logprob = alternative.path("logprob");
      boolean same = word.length() == 1 ? text.equals(word) : text.equalsIgnoreCase(word);
      if (same && logprob.isNumber()) {
        mass += Math.exp(Math.min(0, logprob.doubleValue()));
      }
    }
    return mass;
  }

  private static String word(String token) {
    return AROUND.matcher(token).replaceAll("");
  }

  private static String plain(String token) {
    return token.replace('\u2581', ' ').replace('\u0120', ' ').replace('\u010a', '\n');
  }
}
