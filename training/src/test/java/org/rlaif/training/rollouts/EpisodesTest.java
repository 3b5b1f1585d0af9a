package org.rlaif.training.rollouts;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.rlaif.client.RlaifClient;
import org.rlaif.kit.Example;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.model.ModelFolder;
import org.rlaif.model.PromptEncoder;
import org.rlaif.serving.grpc.RlaifServer;
import org.rlaif.torch.Device;
import org.rlaif.torch.Network;
import org.rlaif.training.config.AdapterConfig;
import org.rlaif.training.environments.Environment;
import org.rlaif.training.environments.Reply;
import org.rlaif.training.learning.Forward;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.learning.Toy;
import org.rlaif.training.learning.ToyModels;
import org.rlaif.training.learning.TrainableModel;
import org.rlaif.training.math.Gae;
import org.rlaif.training.math.MissingEnd;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.math.Rewards;

class EpisodesTest {
  private static final int MOST = 6;
  private static final Environment ONCE_MORE =
      episodes ->
          episodes.stream()
              .map(
                  each ->
                      each.turns().size() == 1
                          ? Reply.say(Message.user(" And " + each.seed() % 7 + "?"))
                          : Reply.end(each.turns().size()))
              .toList();

  private static RlaifServer server;
  private static RlaifClient client;
  private static ModelFolder model;

  @BeforeAll
  static void serve() {
    server = ToyModels.serve();
    client = ToyModels.client(server);
    model = ModelFolder.open(ToyModels.sft());
  }

  @AfterAll
  static void close() {
    model.close();
    client.close();
    server.close();
  }

  private static Rollout play(Environment environment, int turns, int contextLength, long seed) {
    return new Episodes(environment, turns, contextLength)
        .play(
            client,
            "policy",
            PromptEncoder.of(model),
            Toy.examples(4, 1),
            /* samples= */ 2,
            /* temperature= */ 1,
            MOST,
            seed);
  }

  /** Token in, token out: prompt, what was sampled, what the environment says, what was sampled. */
  @Test
  void turnsStandBehindEachOtherTokenByToken() {
    Rollout rollout = play(ONCE_MORE, 2, 32, 5);
    assertEquals(8, rollout.size());
    int twice = 0;
    for (int i = 0; i < rollout.size(); i++) {
      Rollout.History history = rollout.histories().get(i);
      Sequence sequence = rollout.sequences().get(i);
      int[] prompt = PromptEncoder.of(model).prompt("x", rollout.prompts().get(i).prompt());
      assertEquals(sequence.completionTokens(), rollout.logprobs()[i].length);
      assertEquals(rollout.histories().get(i - i % 2).seed(), history.seed(), "of a prompt one");
      if (sequence.earlier().length == 0) {
        continue; // cut off in its first turn
      }
      twice++;
      assertArrayEquals(
          IntStream.range(prompt.length, prompt.length + sequence.earlier().length).toArray(),
          sequence.earlier());
      assertArrayEquals(prompt, Arrays.copyOf(sequence.prompt(), prompt.length));
      int said = prompt.length + sequence.earlier().length;
      String words = " And " + history.seed() % 7 + "?";
      assertEquals(
          words,
          model
              .tokenizer()
              .decodeBehind(
                  Arrays.copyOf(sequence.prompt(), said),
                  Arrays.copyOfRange(sequence.prompt(), said, sequence.prompt().length)));
      assertEquals(
          List.of("assistant", "user"), history.turns().stream().map(Message::role).toList());
      assertEquals(3, history.reward(), "turns");
    }
    assertTrue(twice >= 4, "episodes of two turns: " + twice);
  }

  /** What was sampled in every turn has the log-probabilities of the trainer's network. */
  @Test
  void bothEnginesAgreeAboutAllTurns() {
    Rollout rollout = play(ONCE_MORE, 2, 32, 6);
    float[][] here =
        TrainableModel.ask(
                List.of(model),
                Device.CPU,
                network -> Forward.logprobs(network, rollout.sequences(), 1, 4))
            .get(0);
    for (int i = 0; i < here.length; i++) {
      assertArrayEquals(rollout.logprobs()[i], here[i], 1e-4f);
    }
  }

  /** An episode's numbers are those of its turns, each by itself behind all that was before. */
  @Test
  void noTokenOfTheEnvironmentIsAskedAbout() {
    Rollout rollout = play(ONCE_MORE, 2, 32, 7);
    try (ModelFolder reward = ModelFolder.open(ToyModels.reward());
        Network network =
            TrainableModel.load(reward, AdapterConfig.NONE, /* seed= */ 0, Device.CPU)) {
      List<Sequence> sequences = rollout.sequences();
      float[][] values = Forward.values(network, sequences, 4);
      for (int i = 0; i < sequences.size(); i++) {
        Sequence all = sequences.get(i);
        List<Sequence> turns = new ArrayList<>();
        if (all.earlier().length > 0) {
          int from = all.earlier()[0];
          turns.add(
              new Sequence(
                  Arrays.copyOf(all.prompt(), from),
                  Arrays.copyOfRange(all.prompt(), from, from + all.earlier().length)));
        }
        turns.add(new Sequence(all.prompt(), all.completion()));
        float[][] each = Forward.values(network, turns, 1);
        assertArrayEquals(Ragged.flat(each), values[i], 1e-5f);
      }
    }
  }

  /** Nothing is learned of what was cut off: no reward, no end. */
  @Test
  void anEpisodeWithoutEndHasNoReward() {
    Environment forEver =
        episodes -> episodes.stream().map(each -> Reply.say(Message.user(" And?"))).toList();
    Rollout turns = play(forEver, 2, 32, 8);
    Rollout room = play(forEver, 9, 22, 8);
    for (int i = 0; i < turns.size(); i++) {
      assertFalse(turns.ended()[i]);
      assertFalse(room.ended()[i]);
      assertEquals(0, turns.histories().get(i).reward());
      assertTrue(turns.histories().get(i).turns().size() <= 2);
      assertTrue(room.sequences().get(i).length() <= 22, "the context");
    }
    assertEquals(-2, Rewards.shape(0, false, MissingEnd.SUBTRACT, 2, 5));
  }

  /**
   * Two turns of two and one tokens, with two of the environment's between them, at 3 and 4, that
   * have neither value nor reward. From behind, with discount 1 and lambda 0.5: the last token's
   * delta is 1 - 0.4 = 0.6; the second one's next value is the last one's, 0.4 - 0.3 = 0.1, and its
   * advantage 0.1 + 0.5 * 0.6 = 0.4; the first one's is 0.3 - 0.2 + 0.5 * 0.4 = 0.3.
   */
  @Test
  void advantagesGoThroughWhatTheEnvironmentSays() {
    var episode = new Sequence(new int[] {2, 10, 11, 20, 21}, new int[] {12}, new int[] {1, 2});
    assertArrayEquals(
        new int[] {1, 2, 5}, Sequence.batch(List.of(episode)).completions()[0], "mask");
    float[][] values = {{0.2f, 0.3f, 0.4f}};
    float[][] rewards = Rewards.perToken(new double[1][3], new double[] {1}, new boolean[] {false});
    Gae gae = Gae.estimate(rewards, values, 1, 0.5);
    assertArrayEquals(new float[] {0.3f, 0.4f, 0.6f}, gae.advantages()[0], 1e-6f);
    assertArrayEquals(new float[] {0.5f, 0.7f, 1.0f}, gae.returns()[0], 1e-6f);
  }

  @Test
  void anEpisodeBeginsBeforeTheAssistantHasSaidAnything() {
    Prompt whole = Prompt.of(List.of(Message.user("a"), Message.assistant("b"), Message.tool("c")));
    assertEquals(
        new Example("1", Prompt.of(List.of(Message.user("a"))), "b"),
        Episodes.beginning(new Example("1", whole, "d", true)));
    Example text = new Example("2", Prompt.of("a"), "b");
    assertEquals(text, Episodes.beginning(text));
  }
}
