package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.jspecify.annotations.Nullable;
import org.rlaif.model.DecoderConfig;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/**
 * A language model with the heads of implicit language Q-learning on its hidden states (Snell et
 * al. 2022, arXiv 2206.11871): two for Q(s, a), a slow copy of each, and one for V(s). A state is
 * the tokens so far, an action the token after them.
 *
 * <p>Every head is a matrix without bias on what the last norm leaves, as the language-model head
 * is one; so logits + beta Q are the logits of another language model of the same shape, see {@link
 * #policy}. Sizes as in {@link Decoder}.
 */
public final class ActionValues implements Trainable, AutoCloseable {
  private static final int HEADS = 2;
  private static final String VALUE = "v_head.weight";
  private static final double INITIAL_DEVIATION = 0.02;

  private final Network network;

  /** Q and V. */
  private final Map<String, Tensor> heads;

  /** Of each Q, under its name; without gradients. */
  private final Map<String, Tensor> slow = new LinkedHashMap<>();

  /**
   * Fresh heads on a network, which stays its owner's and is trained with them.
   *
   * @param seed decides every weight of a head: N(0, 0.02)
   */
  public ActionValues(Network network, long seed) {
    this.network = network;
    var random = new SplittableRandom(seed);
    try (Scope scope = Scope.open()) {
      this.heads =
          Parameters.trained(
              specs(network.config()),
              network.device(),
              (spec, numbers) -> Initial.normal(numbers, random, INITIAL_DEVIATION));
      for (int i = 0; i < HEADS; i++) {
        Tensor head = head(i);
        slow.put(slowName(i), Tensor.call(() -> head.pointer().detach().clone()));
      }
      heads.values().forEach(each -> each.pointer().retainReference());
      slow.values().forEach(each -> each.pointer().retainReference());
    }
  }

  private static List<TensorSpec> specs(DecoderConfig config) {
    var specs = new ArrayList<TensorSpec>();
    for (int i = 0; i < HEADS; i++) {
      specs.add(TensorSpec.of(name(i), config.vocabularySize(), config.width()));
    }
    specs.add(TensorSpec.of(VALUE, 1, config.width()));
    return specs;
  }

  private static String name(int head) {
    return "q_heads." + head + ".weight";
  }

  private static String slowName(int head) {
    return "target_" + name(head);
  }

  private Tensor head(int i) {
    return tensor(heads, name(i));
  }

  private Tensor slow(int i) {
    return tensor(slow, slowName(i));
  }

  private static Tensor tensor(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalStateException("no head " + name);
    }
    return tensor;
  }

  /**
   * What is thought before each completion token.
   *
   * @param logprobs log pi(a | s) of the token that comes, natural log, (N)
   * @param values V(s), (N)
   * @param q Q(s, .) by each head, (N, V)
   * @param slowQ the least Q(s, a) by the slow heads, a constant, (N)
   * @param actions the tokens that come, as indices, (N)
   */
  public record Estimates(
      Tensor logprobs, Tensor values, List<Tensor> q, Tensor slowQ, Tensor actions) {}

  /** From one pass; tensors of the innermost scope. */
  public Estimates estimates(Sequences sequences) {
    Decoder decoder = network.decoder();
    Tensor hidden = decoder.predicting(sequences); // (N, W)
    Tensor actions = decoder.targets(sequences); // (N)
    return new Estimates(
        decoder.logits(hidden).logSoftmax().gather(actions),
        Layers.project(hidden, tensor(heads, VALUE)).reshape(-1),
        IntStream.range(0, HEADS).mapToObj(i -> Layers.project(hidden, head(i))).toList(),
        slowQ(hidden.detach(), actions),
        actions);
  }

  private Tensor slowQ(Tensor hidden, Tensor actions) {
    return Tensor.min(
        Layers.project(hidden, slow(0)).gather(actions),
        Layers.project(hidden, slow(1)).gather(actions)); // (N)
  }

  /** The slow heads come nearer to the others: slow + rate (Q - slow). */
  public void follow(double rate) {
    try (Torch.NoGrad constant = Torch.noGrad();
        Scope scope = Scope.open()) {
      for (int i = 0; i < HEADS; i++) {
        slow(i).pointer().lerp_(head(i).pointer(), new Scalar(rate));
      }
    }
  }

  /**
   * The language model that writes by softmax(logits + beta Q), where Q is the mean of the slow
   * heads. V(s), which the paper takes off, is the same for all tokens and drops out of the
   * softmax. Snell et al. take the lesser Q of each token; that is no matrix, the mean is one. So
   * it is an ordinary network, whose head is its own even where the embedding was the head.
   */
  public Network policy(double beta) {
    DecoderConfig config = network.config().untied();
    Weights weights = Weights.allocate(config.parameters());
    network.copyTo(weights);
    FloatBuffer head = weights.get(config.languageModelHead().name());
    try (Scope scope = Scope.open()) {
      Tensor own = network.decoder().weight(network.config().languageModelHead());
      Parameters.write(own.plus(slow(0).plus(slow(1)).times(beta / HEADS)), head);
    }
    return Network.load(config, weights, network.device());
  }

  @Override
  public @Nullable Recomputation recomputation() {
    return network.recomputation();
  }

  /** The network's, then the heads'. */
  @Override
  public Map<String, Tensor> parameters() {
    var all = new LinkedHashMap<String, Tensor>(network.parameters());
    all.putAll(heads);
    return Collections.unmodifiableMap(all);
  }

  private Map<String, Tensor> kept() {
    var all = new LinkedHashMap<String, Tensor>(parameters());
    all.putAll(slow);
    return all;
  }

  @Override
  public Weights trainedWeights() {
    Map<String, Tensor> kept = kept();
    Weights copy =
        Weights.allocate(
            kept.entrySet().stream()
                .map(each -> TensorSpec.of(each.getKey(), each.getValue().shape()))
                .toList());
    copyTrainedTo(copy);
    return copy;
  }

  @Override
  public void copyTrainedTo(Weights target) {
    try (Scope scope = Scope.open()) {
      kept().forEach((name, tensor) -> Parameters.write(tensor, target.get(name)));
    }
  }

  @Override
  public void loadTrained(Weights weights) {
    try (Torch.NoGrad constant = Torch.noGrad();
        Scope scope = Scope.open()) {
      kept().forEach((name, tensor) -> Parameters.read(weights, name, tensor));
    }
  }

  /** Frees the heads; the network is its owner's. */
  @Override
  public void close() {
    heads.values().forEach(Tensor::close);
    slow.values().forEach(Tensor::close);
  }
}
