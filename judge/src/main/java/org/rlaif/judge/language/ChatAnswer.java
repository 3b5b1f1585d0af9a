package org.rlaif.judge.language;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what was chosen out of a chat completion. What is said must be a {@link SpokenVerdict} or,
 * of a grade, a {@link SpokenGrade}. Where the log-probabilities are given, the answer is soft, by
 * the token that is the verdict: all spellings of what it says ("1", " 1") and of what it would
 * have said instead are added up and renormalised. Where they are not, it is hard: 1 or 0.
 *
 * <p>A text that is about neither of a pair, such as "The" of an answer that was cut off, is
 * answered by the first token if the two were likely there.
 */
final class ChatAnswer {
  /**
   * If the model said neither, both must have had this probability together to be believed: below
   * it, the model was about to say something else.
   */
  private static final double LEAST_MASS = 0.1;

  private static final int EXCERPT = 80;

  private ChatAnswer() {}

  static Choice read(JsonNode response, Choices choices) {
    JsonNode choice = response.path("choices").path(0);
    String content = choice.path("message").path("content").asText("");
    List<ChatToken> tokens = new ArrayList<>();
    choice.path("logprobs").path("content").forEach(each -> tokens.add(new ChatToken(each)));
    Choice read =
        choices.isPair() ? pair(content, !isCut(choice), tokens) : grade(content, tokens, choices);
    return read == null ? Choice.none(why(choice, content)) : read;
  }

  /** The text of a completion. */
  static Written text(JsonNode response) {
    JsonNode choice = response.path("choices").path(0);
    String content = choice.path("message").path("content").asText("");
    return content.isBlank() ? Written.none(why(choice, content)) : Written.of(content);
  }

  private static @Nullable Choice pair(String content, boolean whole, List<ChatToken> tokens) {
    SpokenVerdict said = SpokenVerdict.in(content, whole);
    if (said == null) {
      return SpokenVerdict.mentionsOne(content) ? null : fromStart(tokens);
    }
    Choice likely = fromTokens(tokens, said);
    return likely == null ? Choice.hard(said.first() ? 0 : 1, 2) : likely;
  }

  /** By the token that is the verdict, or null if none tells. */
  private static @Nullable Choice fromTokens(List<ChatToken> tokens, SpokenVerdict said) {
    SpokenVerdict again = SpokenVerdict.in(ChatToken.text(tokens), /* whole= */ true);
    if (again == null || again.first() != said.first()) {
      return null; // these are not the tokens of that text
    }
    ChatToken token = tokens.get(ChatToken.at(tokens, again.at()));
    double own = token.mass(again.said());
    // Said outright: if the other is not even among the most likely, it is as good as 0.
    double rival = token.mass(again.rival());
    return Choice.of(again.first() ? List.of(own, rival) : List.of(rival, own));
  }

  /** The same at the first token that is more than white space, whatever was said there. */
  private static @Nullable Choice fromStart(List<ChatToken> tokens) {
    for (ChatToken token : tokens) {
      if (!token.text().isBlank()) {
        double one = token.mass("1");
        double two = token.mass("2");
        return one > 0 && two > 0 && one + two >= LEAST_MASS ? Choice.of(List.of(one, two)) : null;
      }
    }
    return null;
  }

  private static @Nullable Choice grade(String content, List<ChatToken> tokens, Choices grades) {
    SpokenGrade said = SpokenGrade.in(content, grades);
    if (said == null) {
      return null;
    }
    SpokenGrade again = SpokenGrade.in(ChatToken.text(tokens), grades);
    Choice likely =
        again == null || again.index() != said.index()
            ? null // these are not the tokens of that text
            : likely(tokens, ChatToken.at(tokens, again.at()), said.index(), grades);
    return likely == null ? Choice.hard(said.index(), grades.answers().size()) : likely;
  }

  /**
   * Each grade by its probability at the token that is said. Where "10" is two tokens, "1" and "0",
   * and "1" was said, what follows it tells how much of it goes on to 10; where another grade was
   * said nothing tells, and all of it is 1.
   */
  private static @Nullable Choice likely(
      List<ChatToken> tokens, int index, int said, Choices grades) {
    ChatToken token = tokens.get(index);
    List<Double> masses = new ArrayList<>();
    grades.answers().forEach(each -> masses.add(token.mass(each)));
    String written = token.word();
    for (int i = 0; i < masses.size(); i++) {
      String longer = grades.answers().get(i);
      int shorter = grades.answers().indexOf(written);
      boolean goesOn =
          shorter >= 0 && longer.length() > written.length() && longer.startsWith(written);
      if (goesOn && masses.get(i) == 0 && index + 1 < tokens.size()) {
        double all = masses.get(shorter);
        double on =
            all * Math.min(1, tokens.get(index + 1).mass(longer.substring(written.length())));
        masses.set(i, on);
        masses.set(shorter, all - on);
      }
    }
    return masses.get(said) > 0 ? Choice.of(masses) : null;
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
