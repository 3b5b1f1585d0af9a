package org.rlaif.training.environments;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.rlaif.kit.Message;

/**
 * The example that ships: of every name somebody keeps the colour, and who is asked for it has to
 * look it up. The policy calls {@code {"name": "look_up", "arguments": {"key": "…"}}}, a tool
 * answers with the colour of that key, and the episode ends with what the policy says then: 1 if it
 * is the colour of the key that the prompt ends with, else 0.
 *
 * <p>Colours are drawn evenly from the episode's seed and the key, so nobody knows one who has not
 * looked: whatever a policy says that does not go by the tool's answer is right once in {@link
 * #COLOURS} many times, 0.25 on average.
 */
public final class LookUp implements Environment {
  /** What is kept. */
  public static final List<String> COLOURS = List.of("red", "blue", "green", "white");

  @Override
  public List<Reply> reply(List<Episode> episodes) {
    List<Reply> replies = new ArrayList<>();
    for (Episode episode : episodes) {
      List<ToolCall> calls = ToolCall.in(episode.said());
      if (!calls.isEmpty()) {
        String key = calls.get(0).arguments().path("key").asText();
        replies.add(Reply.say(Message.tool(colour(episode.seed(), key))));
      } else {
        String asked = episode.prompt().transcript().strip();
        String key = asked.substring(asked.lastIndexOf(' ') + 1);
        boolean isRight = episode.said().strip().equals(colour(episode.seed(), key));
        replies.add(Reply.end(isRight ? 1 : 0));
      }
    }
    return replies;
  }

  private static String colour(long seed, String key) {
    return COLOURS.get(new SplittableRandom(seed + key.hashCode()).nextInt(COLOURS.size()));
  }
}
