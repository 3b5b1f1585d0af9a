package org.rlaif.training.rollouts;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.Json;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.kit.UserError;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.environments.Reply;
import org.rlaif.training.learning.Seeds;
import org.rlaif.v1.RolloutResponse;

/**
 * Plays episodes: a served policy and an environment take turns. What the policy has read and
 * written stays as it is, token by token, and what the environment says is put behind it.
 *
 * @param turns the policy's in an episode, at most
 * @param contextLength in tokens; the policy's next turn has to have room for all tokens that it is
 *     allowed
 */
public record Episodes(Environment environment, int turns, int contextLength) {

  /**
   * The beginning of an example's conversation, down to where the assistant speaks first; a text as
   * it is. What the assistant says there is its completion.
   */
  public static Example beginning(Example example) {
    if (!(example.prompt() instanceof Prompt.Chat chat)) {
      return example;
    }
    List<Message> messages = chat.messages();
    int first =
        IntStream.range(0, messages.size())
            .filter(i -> messages.get(i).isBy(Message.ASSISTANT))
            .findFirst()
            .orElse(-1);
    return first <= 0
        ? new Example(example.id(), chat, example.completion())
        : new Example(
            example.id(), Prompt.of(messages.subList(0, first)), messages.get(first).content());
  }

  /** An encoder whose prompts tell of the environment's tools. */
  public static PromptEncoder withTools(PromptEncoder encoder, Environment environment) {
    return encoder.withTools(environment.tools().stream().map(Episodes::schema).toList());
  }

  private static JsonNode schema(String tool) {
    String name = "tool of the environment";
    try {
      JsonNode json = Json.MAPPER.readTree(tool);
      UserError.require(json.isObject(), name, tool, "a JSON object");
      return json;
    } catch (JsonProcessingException e) {
      throw UserError.expected(name, Json.describe(e), "a JSON object");
    }
  }

  /**
   * Episodes that begin with the examples' prompts. One that the environment has not ended, because
   * a turn was cut off or there were no more turns or no more room, has its reward 0, and no end.
   *
   * @param encoder with the environment's tools
   * @param samples episodes per prompt, which share their seed
   * @param temperature 0 is greedy
   * @param maxTokens of each turn
   */
  public Rollout play(
      RlaifClient client,
      String policy,
      PromptEncoder encoder,
      List<Example> prompts,
      int samples,
      double temperature,
      int maxTokens,
      long seed) {
    List<Play> all = new ArrayList<>(prompts.size() * samples);
    for (int i = 0; i < prompts.size(); i++) {
      long seedOfPrompt = Seeds.of(seed, "episode", i) >>> 16; // exact in every language
      int[] tokens = RolloutClient.tokens(encoder, prompts.get(i));
      for (int sample = 0; sample < samples; sample++) {
        all.add(new Play(prompts.get(i), seedOfPrompt, tokens));
      }
    }
    List<Play> live = all;
    for (int turn = 0; !live.isEmpty(); turn++) {
      // In the first turn the episodes of a prompt stand side by side, and are asked as one.
      int together = turn == 0 ? samples : 1;
      List<RolloutResponse> said =
          RolloutClient.responses(
              client,
              policy,
              every(live, together).stream().map(Play::before).toList(),
              together,
              temperature,
              maxTokens,
              turn == 0 ? seed : Seeds.of(seed, "turn", turn));
      for (int i = 0; i < said.size(); i++) {
        live.get(i).add(said.get(i));
      }
      List<Reply> replies = environment.reply(live.stream().map(Play::episode).toList());
      UserError.require(
          replies.size() == live.size(),
          "replies of the environment",
          replies.size(),
          "one for each of %d episodes".formatted(live.size()));
      for (int i = 0; i < replies.size(); i++) {
        live.get(i).add(replies.get(i), turn + 1 < turns, encoder, contextLength - maxTokens);
      }
      live = live.stream().filter(play -> !play.isOver()).toList();
    }
    return Play.rollout(all);
  }

  private static <T> List<T> every(List<T> all, int step) {
    return IntStream.iterate(0, i -> i < all.size(), i -> i + step).mapToObj(all::get).toList();
  }
}
