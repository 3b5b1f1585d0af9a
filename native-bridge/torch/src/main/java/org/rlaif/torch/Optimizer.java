package org.rlaif.torch;

import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TensorType;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Type;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;
import org.rlaif.kit.UserError;
import org.rlaif.model.Safetensors;
import org.rlaif.model.TensorSpec;
import org.rlaif.model.Weights;

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2) over all parameters of what is trained. Matrices
 * decay, embeddings among them; biases and norms do not.
 *
 * <p>The moments are ours and only the step is LibTorch's, whose optimiser does not show its
 * moments to the binding: training that continues from a file must continue bit by bit.
 */
public final class Optimizer implements AutoCloseable {
  private static final String STEPS = "steps";
  private static final torch.ScalarType FLOAT = torch.ScalarType.Float;

  /** The binding has no method for it. */
  private static final OperatorHandle ADAM_W =
      Dispatcher.singleton().findSchemaOrThrow("aten::_fused_adamw_", "");

  /** A parameter with the running means of its gradient, m, and of its gradient's square, v. */
  private record Moments(String name, Tensor parameter, Tensor m, Tensor v) {}

  private record AdamW(
      double learningRate, double beta1, double beta2, double epsilon, double weightDecay) {
    AdamW {
      UserError.require(learningRate >= 0, "learningRate", learningRate, ">= 0");
      UserError.require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "from 0 to below 1");
      UserError.require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "from 0 to below 1");
      UserError.require(epsilon > 0, "epsilon", epsilon, "> 0");
      UserError.require(weightDecay >= 0, "weightDecay", weightDecay, ">= 0");
    }
  }

  private final List<Moments> all = new ArrayList<>();
  private final AdamW settings;
  private final @Nullable Recomputation recomputation;
  private long steps;

  private Optimizer(Trainable trained, AdamW settings) {
    this.settings = settings;
    this.recomputation = trained.recomputation();
    try (Scope scope = Scope.open()) {
      trained.parameters().forEach((name, parameter) -> all.add(moments(name, parameter)));
    }
  }

  private static Moments moments(String name, Tensor parameter) {
    Tensor m = Tensor.call(() -> torch.zeros_like(parameter.pointer()));
    Tensor v = Tensor.call(() -> torch.zeros_like(parameter.pointer()));
    m.pointer().retainReference();
    v.pointer().retainReference();
    return new Moments(name, parameter, m, v);
  }

  /**
   * An optimizer that has taken no step yet. Close it before what it trains.
   *
   * @param learningRate of {@link #step()}; schedules hand {@link #step(double)} their own
   * @param beta1 how much of the mean gradient a step keeps, in [0, 1)
   * @param beta2 how much of the mean squared gradient a step keeps, in [0, 1)
   * @param epsilon added to the root of the mean squared gradient
   * @param weightDecay part of a matrix that a step of rate 1 would take away
   */
  public static Optimizer adamW(
      Trainable trained,
      double learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay) {
    var settings = new AdamW(learningRate, beta1, beta2, epsilon, weightDecay);
    return new Optimizer(trained, settings);
  }

  /**
   * Adds the gradient of this number, which comes of the optimizer's network, to the gradients of
   * all parameters.
   */
  public void backward(Tensor loss) {
    loss.backward();
    if (recomputation != null) {
      recomputation.backward();
    }
  }

  /** Forgets the gradients of all earlier backward passes. */
  public void zeroGrad() {
    if (recomputation != null) {
      recomputation.forget();
    }
    try (PointerScope passing = new PointerScope()) {
      for (Moments each : all) {
        each.parameter().pointer().mutable_grad().reset();
      }
    }
  }

  /**
   * Scales all gradients down by one factor, so that together they are no longer than maxNorm.
   *
   * @return their Euclidean norm before
   */
  public double clipGradients(double maxNorm) {
    UserError.require(maxNorm > 0, "maxNorm", maxNorm, "> 0");
    try (PointerScope passing = new PointerScope()) {
      var parameters = new TensorVector();
      all.forEach(each -> parameters.push_back(each.parameter().pointer()));
      double norm = torch.clip_grad_norm_(parameters, maxNorm);
      if (!Double.isFinite(norm)) {
        throw UserError.expected("gradient norm", norm, "finite; a lower learning rate may help");
      }
      return norm;
    }
  }

  /** Moves the parameters one step at the optimizer's own learning rate. */
  public void step() {
    step(settings.learningRate());
  }

  /** Moves the parameters one step along their gradients; those without one stay. */
  public void step(double rate) {
    if (recomputation != null && recomputation.isPending()) {
      throw new IllegalStateException("gradients stand at a block's end: see Optimizer.backward");
    }
    steps++;
    try (Torch.NoGrad constant = Torch.noGrad();
        PointerScope passing = new PointerScope()) {
      List<Moments> moved =
          all.stream().filter(each -> each.parameter().pointer().grad().defined()).toList();
      step(moved.stream().filter(Optimizer::decays).toList(), rate, settings.weightDecay());
      step(moved.stream().filter(each -> !decays(each)).toList(), rate, 0);
    }
  }

  private static boolean decays(Moments each) {
    return each.parameter().pointer().dim() >= 2;
  }

  /**
   * All of them in one call, which reads and writes every number once:
   *
   * <pre>
   * m = β1 m + (1 - β1) g;  v = β2 v + (1 - β2) g²
   * x = x - rate (m / (1 - β1ᵗ) / (√(v / (1 - β2ᵗ)) + ε) + λ x)
   * </pre>
   */
  private void step(List<Moments> some, double rate, double weightDecay) {
    if (some.isEmpty()) {
      return;
    }
    var device = some.get(0).parameter().pointer().device();
    var step = torch.full(new long[] {}, new Scalar((double) steps)).to(device, FLOAT);
    Torch.run(
        () ->
            ADAM_W.callBoxed(
                new IValueVector(
                    list(some.stream().map(each -> each.parameter().pointer())),
                    list(some.stream().map(each -> each.parameter().pointer().grad())),
                    list(some.stream().map(each -> each.m().pointer())),
                    list(some.stream().map(each -> each.v().pointer())),
                    list(Stream.of()), // largest v so far, of another algorithm
                    list(some.stream().map(each -> step)),
                    new IValue(rate),
                    new IValue(settings.beta1()),
                    new IValue(settings.beta2()),
                    new IValue(weightDecay),
                    new IValue(settings.epsilon()),
                    new IValue(false), // that other algorithm
                    new IValue(false), // uphill
                    new IValue(), // what gradients are to be divided by
                    new IValue()))); // where to say that one is not finite
  }

  private static IValue list(Stream<org.bytedeco.pytorch.Tensor> tensors) {
    var list = new GenericList(new Type.TypePtr(TensorType.get()));
    tensors.forEach(each -> list.push_back(new IValue(each)));
    return new IValue(list);
  }

  /** Writes the moments and the number of steps as a safetensors file, atomically. */
  public void save(Path file) {
    Weights state = Weights.allocate(specs());
    state.get(STEPS).put((float) steps);
    try (PointerScope passing = new PointerScope()) {
      moments((name, tensor) -> state.get(name).put(Tensor.buffer(tensor.pointer().cpu())));
    }
    Safetensors.write(file, state, Map.of());
  }

  /** Continues from what {@link #save} wrote; the weights themselves are the network's business. */
  public void load(Path file) {
    Weights state = Safetensors.map(file);
    UserError.require(
        state.specs().equals(specs()),
        file.toString(),
        state.specs().size() + " tensors",
        "the state of an optimizer over the same network");
    steps = (long) state.get(STEPS).get();
    try (PointerScope passing = new PointerScope()) {
      moments((name, tensor) -> read(state.get(name), tensor));
    }
  }

  private static void read(FloatBuffer numbers, Tensor into) {
    var onCpu = torch.empty_like(into.pointer().cpu());
    Tensor.buffer(onCpu).put(numbers);
    into.pointer().copy_(onCpu);
  }

  private List<TensorSpec> specs() {
    var specs = new ArrayList<TensorSpec>();
    // As a float: exact up to 16 million steps.
    specs.add(new TensorSpec(STEPS, List.of(1L)));
    moments((name, tensor) -> specs.add(TensorSpec.of(name, tensor.shape())));
    return specs;
  }

  /** Both moments of every parameter, and the names that they are kept under. */
  private void moments(BiConsumer<String, Tensor> work) {
    for (Moments each : all) {
      work.accept("m." + each.name(), each.m());
      work.accept("v." + each.name(), each.v());
    }
  }

  /** Frees the moments. */
  @Override
  public void close() {
    moments((name, tensor) -> tensor.close());
  }
}
