package org.rlaif.training.rollouts;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Message;
import org.rlaif.kit.Prompt;
import org.rlaif.model.PromptEncoder;
import org.rlaif.training.environments.Episode;
import org.rlaif.training.environments.Reply;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.math.Ragged;
import org.rlaif.v1.RolloutResponse;

/** One episode while it is played: turns of the policy, and what the environment has said. */
final class Play {
  private final Example asked;
  private final long seed;
  private final List<Message> turns = new ArrayList<>();
  private final IntStream.Builder earlier = IntStream.builder();
  private final List<float[]> logprobs = new ArrayList<>();

  /** All that the policy reads before its turn, or has read before the last one. */
  private int[] before;

  private int[] completion = {};
  private boolean isWhole;
  private long weightsVersion;
  private @Nullable Double reward;
  private boolean isOver;

  /**
   * @param prompt in tokens
   */
  Play(Example asked, long seed, int[] prompt) {
    this.asked = asked;
    this.seed = seed;
    this.before = prompt;
  }

  int[] before() {
    return before;
  }

  boolean isOver() {
    return isOver;
  }

  /** What the environment is shown. */
  Episode episode() {
    return new Episode(asked.id(), seed, asked.prompt(), turns);
  }

  /** The policy's turn. */
  void add(RolloutResponse turn) {
    completion = Rollout.ints(turn.getTokenIdsList());
    logprobs.add(Rollout.floats(turn.getLogprobsList()));
    isWhole = Rollout.hasEnd(turn);
    weightsVersion = Rollout.weightsVersion(turn);
    turns.add(Message.assistant(turn.getText()));
  }

  /**
   * The environment's turn. It ends the episode with a reward, or without one where the policy's
   * turn was cut off, was the last that is allowed, or leaves no room for another one.
   *
   * @param mayGoOn whether one more turn is allowed
   * @param most tokens before the policy's next turn
   */
  void add(Reply reply, boolean mayGoOn, PromptEncoder encoder, int most) {
    reward = reply.reward();
    isOver = reward != null || !isWhole || !mayGoOn;
    if (isOver) {
      return;
    }
    List<Message> said = reply.messages();
    int last = turns.size() - 1;
    Prompt answered = asked.prompt().followedBy(turns.subList(0, last));
    int[] between =
        encoder.between(
            "example " + asked.id() + ", turn " + (last + 1),
            answered,
            turns.get(last).content(),
            said);
    isOver = before.length + completion.length + between.length > most;
    if (isOver) {
      return;
    }
    turns.addAll(said);
    IntStream.range(before.length, before.length + completion.length).forEach(earlier);
    before = joined(before, completion, between);
  }

  private static int[] joined(int[]... parts) {
    return Stream.of(parts).flatMapToInt(IntStream::of).toArray();
  }

  /** All plays, one sequence each. */
  static Rollout rollout(List<Play> plays) {
    int n = plays.size();
    boolean[] ended = new boolean[n];
    float[][] logprobs = new float[n][];
    long[] weightsVersion = new long[n];
    List<String> texts = new ArrayList<>(n);
    List<Sequence> sequences = new ArrayList<>(n);
    List<Rollout.History> histories = new ArrayList<>(n);
    for (int i = 0; i < n; i++) {
      Play play = plays.get(i);
      int last = play.turns.size() - 1;
      sequences.add(new Sequence(play.before, play.completion, play.earlier.build().toArray()));
      texts.add(play.turns.get(last).content());
      logprobs[i] = Ragged.flat(play.logprobs.toArray(float[][]::new));
      ended[i] = play.isWhole && play.reward != null;
      weightsVersion[i] = play.weightsVersion;
      histories.add(
          new Rollout.History(
              play.seed, play.turns.subList(0, last), play.reward == null ? 0 : play.reward));
    }
    return new Rollout(
        plays.stream().map(play -> play.asked).toList(),
        sequences,
        texts,
        logprobs,
        ended,
        weightsVersion,
        histories);
  }
}
