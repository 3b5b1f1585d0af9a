package org.rlaif.training.rollouts;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.Example;
import org.rlaif.kit.Message;
import org.rlaif.training.learning.Sequence;
import org.rlaif.training.math.Ragged;
import org.rlaif.training.rewards.SampledCompletion;
import org.rlaif.v1.FinishReason;
import org.rlaif.v1.RolloutResponse;

/**
 * What a policy wrote to some prompts: one entry of each list per sequence. The tokens are the ones
 * that were sampled; nothing is tokenised again.
 *
 * <p>With an environment a sequence is an episode: its completion is the policy's last turn, its
 * prompt all that was read and written before, and {@link Sequence#earlier} says where in there the
 * policy's earlier turns are. Whatever is said of its tokens is said of those that the policy
 * wrote.
 *
 * @param prompts the example whose prompt was answered
 * @param texts the completions as text, without end-of-text
 * @param logprobs of the sampled tokens at the temperature of sampling, as the server saw them
 * @param ended whether the completion has its end-of-text token, and the environment, if there is
 *     one, has ended the episode
 * @param weightsVersion that the last token was sampled from
 * @param histories what was said before each completion; empty without an environment
 */
@SuppressWarnings("ArrayRecordComponent") // plain numbers, never compared as records
public record Rollout(
    List<Example> prompts,
    List<Sequence> sequences,
    List<String> texts,
    float[][] logprobs,
    boolean[] ended,
    long[] weightsVersion,
    List<History> histories) {

  /**
   * An episode, but for its prompt and the last turn.
   *
   * @param seed that the environment was told
   * @param turns between prompt and completion
   * @param reward the environment's; 0 if it has not ended the episode, NaN if it knows none
   */
  public record History(long seed, List<Message> turns, double reward) {
    public History {
      turns = List.copyOf(turns);
    }
  }

  /** Without an environment. */
  public Rollout(
      List<Example> prompts,
      List<Sequence> sequences,
      List<String> texts,
      float[][] logprobs,
      boolean[] ended,
      long[] weightsVersion) {
    this(prompts, sequences, texts, logprobs, ended, weightsVersion, List.of());
  }

  /**
   * What a server has answered.
   *
   * @param prompts of the request
   * @param responses ordered by prompt, then by sample
   */
  public static Rollout of(List<Example> prompts, List<RolloutResponse> responses) {
    int n = responses.size();
    List<Example> prompt = new ArrayList<>(n);
    List<Sequence> sequences = new ArrayList<>(n);
    List<String> texts = new ArrayList<>(n);
    float[][] logprobs = new float[n][];
    boolean[] ended = new boolean[n];
    long[] weightsVersion = new long[n];
    for (int i = 0; i < n; i++) {
      RolloutResponse response = responses.get(i);
      prompt.add(prompts.get(response.getPromptIndex()));
      sequences.add(
          new Sequence(ints(response.getPromptTokenIdsList()), ints(response.getTokenIdsList())));
      texts.add(response.getText());
      logprobs[i] = floats(response.getLogprobsList());
      ended[i] = hasEnd(response);
      weightsVersion[i] = weightsVersion(response);
    }
    return new Rollout(prompt, sequences, texts, logprobs, ended, weightsVersion);
  }

  /** One after the other. */
  public static Rollout join(List<Rollout> parts) {
    List<Example> prompts = new ArrayList<>();
    List<Sequence> sequences = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    List<float[]> logprobs = new ArrayList<>();
    List<History> histories = new ArrayList<>();
    int n = parts.stream().mapToInt(Rollout::size).sum();
    boolean[] ended = new boolean[n];
    long[] weightsVersion = new long[n];
    int at = 0;
    for (Rollout part : parts) {
      prompts.addAll(part.prompts);
      sequences.addAll(part.sequences);
      texts.addAll(part.texts);
      Collections.addAll(logprobs, part.logprobs);
      histories.addAll(part.histories);
      System.arraycopy(part.ended, 0, ended, at, part.size());
      System.arraycopy(part.weightsVersion, 0, weightsVersion, at, part.size());
      at += part.size();
    }
    return new Rollout(
        prompts,
        sequences,
        texts,
        logprobs.toArray(float[][]::new),
        ended,
        weightsVersion,
        histories);
  }

  /** The chosen completions, in the order of {@code rows}. */
  public Rollout select(int[] rows) {
    boolean[] ended = new boolean[rows.length];
    for (int i = 0; i < rows.length; i++) {
      ended[i] = this.ended[rows[i]];
    }
    return new Rollout(
        IntStream.of(rows).mapToObj(prompts::get).toList(),
        IntStream.of(rows).mapToObj(sequences::get).toList(),
        IntStream.of(rows).mapToObj(texts::get).toList(),
        Ragged.select(logprobs, rows),
        ended,
        IntStream.of(rows).mapToLong(row -> weightsVersion[row]).toArray(),
        histories.isEmpty() ? List.of() : IntStream.of(rows).mapToObj(histories::get).toList());
  }

  /** For whoever rewards it. */
  public List<SampledCompletion> written() {
    List<SampledCompletion> written = new ArrayList<>(size());
    for (int i = 0; i < size(); i++) {
      Example asked = prompts.get(i);
      Sequence sequence = sequences.get(i);
      @Nullable History history = histories.isEmpty() ? null : histories.get(i);
      written.add(
          new SampledCompletion(
              asked.id(),
              history == null ? asked.prompt() : asked.prompt().followedBy(history.turns()),
              texts.get(i),
              sequence.prompt(),
              sequence.completion(),
              ended[i],
              history == null ? null : (Double) history.reward()));
    }
    return written;
  }

  /** The same, with versions that are so much less. */
  public Rollout numberedFrom(long offset) {
    long[] numbered = LongStream.of(weightsVersion).map(version -> version - offset).toArray();
    return new Rollout(prompts, sequences, texts, logprobs, ended, numbered, histories);
  }

  public int size() {
    return sequences.size();
  }

  /** Tokens that the policy wrote. */
  public int tokens() {
    return sequences.stream().mapToInt(Sequence::completionTokens).sum();
  }

  public double meanLength() {
    return (double) tokens() / size();
  }

  public double endedFraction() {
    int count = 0;
    for (boolean one : ended) {
      count += one ? 1 : 0;
    }
    return (double) count / size();
  }

  /** Whether a completion has its end-of-text token. */
  static boolean hasEnd(RolloutResponse response) {
    return response.getFinishReason() == FinishReason.FINISH_REASON_END_OF_TEXT;
  }

  /** That its last token was sampled from. */
  static long weightsVersion(RolloutResponse response) {
    int spans = response.getWeightsCount();
    return spans == 0 ? 0 : response.getWeights(spans - 1).getWeightsVersion();
  }

  static int[] ints(List<Integer> values) {
    return values.stream().mapToInt(Integer::intValue).toArray();
  }

  static float[] floats(List<Float> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i);
    }
    return floats;
  }
}
