package org.rlaif.training.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.training.config.DataConfig.TooLong;

/**
 * Makes prompts shorter that do not fit. Of a conversation whole turns go first, the oldest ones,
 * with their answers and not what the system says; then the last message is shortened like a text.
 *
 * <p>A text loses words at its beginning ({@code left}); or sentences and lines at its end, but not
 * the last line, such as {@code TL;DR:}, which says what is asked for ({@code sentence}; Huang et
 * al. 2024, arXiv 2403.17031, cut posts at a line's end). It is never cut inside a word, and
 * something of it is always left.
 */
final class Shortening {
  private static final Pattern WORD = Pattern.compile("(?<=\\s)(?=\\S)");
  private static final Pattern SENTENCE =
      Pattern.compile("(?<=[.!?][\"')\\]]?)(?=\\s)|(?<=[^\\n])(?=\\n)");
  private static final Pattern LAST_LINE = Pattern.compile("\\s*\\n[^\\n]*\\S[^\\n]*\\s*\\z");

  private Shortening() {}

  /**
   * The longest that fits; null if none does. What is shorter is taken to fit if something longer
   * does.
   */
  static @Nullable Prompt of(Prompt prompt, TooLong how, Predicate<Prompt> fits) {
    if (!(prompt instanceof Prompt.Chat chat)) {
      String text = longest(prompt.transcript(), how, each -> fits.test(Prompt.of(each)));
      return text == null ? null : Prompt.of(text);
    }
    List<Message> messages = chat.messages();
    while (true) {
      List<Message> fewer = withoutOldest(messages);
      if (fewer.isEmpty()) {
        break;
      }
      messages = fewer;
      if (fits.test(Prompt.of(messages))) {
        return Prompt.of(messages);
      }
    }
    Message last = messages.get(messages.size() - 1);
    List<Message> before = messages.subList(0, messages.size() - 1);
    String text =
        longest(
            last.content(), how, each -> fits.test(with(before, new Message(last.role(), each))));
    return text == null ? null : with(before, new Message(last.role(), text));
  }

  private static Prompt with(List<Message> before, Message last) {
    List<Message> all = new ArrayList<>(before);
    all.add(last);
    return Prompt.of(all);
  }

  /** What the next turn by a user begins with; empty if the last is the only one. */
  private static List<Message> withoutOldest(List<Message> messages) {
    int start = messages.get(0).isBy(Message.SYSTEM) ? 1 : 0;
    for (int i = start + 1; i < messages.size(); i++) {
      if (messages.get(i).isBy(Message.USER)) {
        List<Message> fewer = new ArrayList<>(messages.subList(0, start));
        fewer.addAll(messages.subList(i, messages.size()));
        return fewer;
      }
    }
    return List.of();
  }

  /** The longest shorter text that fits; null if none does. */
  private static @Nullable String longest(String text, TooLong how, Predicate<String> fits) {
    if (how == TooLong.LEFT) {
      int[] cuts = WORD.matcher(text).results().mapToInt(MatchResult::start).toArray();
      return longest(cuts.length, i -> text.substring(cuts[i]), fits);
    }
    MatchResult last = LAST_LINE.matcher(text).results().findFirst().orElse(null);
    String end = last == null ? "" : last.group();
    String body = last == null ? text : text.substring(0, last.start());
    int[] cuts =
        SENTENCE
            .matcher(body)
            .results()
            .mapToInt(MatchResult::start)
            .filter(cut -> cut < body.length() && !body.substring(0, cut).isBlank())
            .toArray();
    return longest(cuts.length, i -> body.substring(0, cuts[cuts.length - 1 - i]) + end, fits);
  }

  /** Of texts that become shorter, the first that fits. */
  private static @Nullable String longest(
      int count, IntFunction<String> candidate, Predicate<String> fits) {
    int from = 0;
    int to = count;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (fits.test(candidate.apply(middle))) {
        to = middle;
      } else {
        from = middle + 1;
      }
    }
    return from == count ? null : candidate.apply(from);
  }
}
